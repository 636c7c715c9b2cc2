// Package lsp serves the answers of sem to editors, by the Language Server Protocol.
//
// An editor sends the texts that its user types. The server reads them in place of the files of the workspace, has the whole input
// examined as "sem validate" does it, and publishes the findings. What an editor asks besides is answered from the worlds that the same
// examination built: no rule of Istio is written here.
//
//	editor ─► session ─► documents ─► analyst ─► snapshot ─┬─► diagnostics, lenses
//	             ▲                                         └─► hover, completion, definition, references, actions
//	             └──────────────── answers ◄──────────────────────────────┘
package lsp
