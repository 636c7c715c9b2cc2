// Package validate is the list of checks: what each looks for, why it matters, and an example of wrong and right.
//
// A check registers itself where it is written: a [diag.Check] that documents it, and a function that looks at the input and
// reports. Checks of single documents and checks across documents differ only in what they look at. "sem explain", docs/checks.md
// and the example tests all read the same values. No check prints, and none knows of suppressions.
//
// What several checks ask is a fact of validate/internal/facts, worked out once for all. A check imports facts; it uses nothing from the
// file of another check.
//
// Who asks about a few documents of a large mesh, as a trace does, names them as [Input.Only]. A check ranges over them where it reports
// at the object itself, and over the whole mesh where it looks for what the object is to be compared with. It may report more: what
// is about other documents is dropped.
package validate
