package lsp

import (
	"context"
	"encoding/json"
	"path/filepath"

	"github.com/sourcegraph/jsonrpc2"
)

// answer answers a request about the workspace.
func (s *session) answer(ctx context.Context, method string, params json.RawMessage) (any, error) {
	switch method {
	case "textDocument/hover":
		return with(ctx, params, func(ctx context.Context, p positionParams) (any, error) {
			return about(ctx, s, p.TextDocument, (*hover)(nil), func(at *snapshot, name string) *hover { return hovered(at, name, p.Position) })
		})
	case "textDocument/definition":
		return with(ctx, params, func(ctx context.Context, p positionParams) (any, error) {
			return about(ctx, s, p.TextDocument, nil, func(at *snapshot, name string) []location { return definitions(at, name, p.Position) })
		})
	case "textDocument/references":
		return with(ctx, params, func(ctx context.Context, p referenceParams) (any, error) {
			return about(ctx, s, p.TextDocument, nil, func(at *snapshot, name string) []location {
				return references(at, name, p.Position, p.Context.IncludeDeclaration)
			})
		})
	case "textDocument/codeLens":
		return with(ctx, params, func(ctx context.Context, p documentParams) (any, error) {
			return about(ctx, s, p.TextDocument, nil, func(at *snapshot, name string) []codeLens { return lenses(ctx, at, name) })
		})
	case "workspace/executeCommand":
		return with(ctx, params, s.execute)
	case "textDocument/completion":
		return with(ctx, params, s.complete)
	case "textDocument/codeAction":
		return with(ctx, params, func(ctx context.Context, p codeActionParams) (any, error) {
			return about(ctx, s, p.TextDocument, nil, func(at *snapshot, name string) []codeAction {
				return ofKinds(actions(at, name, p.Range, s.docs), p.Context.Only)
			})
		})
	}
	return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeMethodNotFound, Message: "unknown method " + method}
}

// about answers a question about a file of the innermost folder that has it, as it is after all that was typed before. Of other files there is no answer.
func about[T any](ctx context.Context, s *session, id documentIdentifier, none T, answer func(at *snapshot, name string) T) (any, error) {
	in, name := s.folders.of(id.URI)
	if in == nil {
		return none, nil
	}
	at, err := in.analyst.current(ctx)
	if err != nil || ctx.Err() != nil {
		return nil, err
	}
	return answer(at, name), nil
}

// complete proposes what may be written. The names are those of the workspace as it was examined last: what is being typed can seldom be
// read, and nobody waits for it.
func (s *session) complete(ctx context.Context, p positionParams) (any, error) {
	in, name := s.folders.of(p.TextDocument.URI)
	text, open := s.documents.text(p.TextDocument.URI)
	if in == nil || !open {
		return completionList{Items: []completionItem{}}, nil
	}
	snapshot := in.analyst.recent
	if filepath.Ext(name) == ".cue" {
		snapshot = in.analyst.current // it is found by its value
	}
	at, err := snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return completions(at, name, text, p.Position, in.probe(name)), nil
}

// execute carries out a command of a lens, and shows what it says.
func (s *session) execute(ctx context.Context, p executeCommandParams) (any, error) {
	var of traceParams
	if p.Command != traceRule || len(p.Arguments) != 1 || json.Unmarshal(p.Arguments[0], &of) != nil {
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: "unknown command " + p.Command}
	}
	in, name := s.folders.of(of.URI)
	if in == nil {
		return nil, errNoRequest
	}
	at, err := in.analyst.current(ctx)
	if err != nil {
		return nil, err
	}
	text, err := traced(at, ruleAt{name, of.Line})
	if err != nil {
		return nil, err
	}
	_ = s.client.Notify(ctx, "window/showMessage", messageParams{messageInfo, text})
	return text, nil
}
