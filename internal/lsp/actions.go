package lsp

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/fix"
	"sem.example/internal/source"
)

// The kinds of actions.
const (
	quickFix = "quickfix"
	fixAll   = "source.fixAll"
)

// actions are what can be done about the findings in a range of a file, and about what is written there.
func actions(s *snapshot, name string, r textRange, docs string) []codeAction {
	var out []codeAction
	var fixable []*diag.Diagnostic
	for _, d := range s.reported() {
		f := d.At.Source()
		if f.Name != name {
			continue
		}
		if d.Fixable() {
			fixable = append(fixable, d)
		}
		if !s.rangeIn(f, d.At.Range()).meets(r) {
			continue
		}
		shown := []diagnostic{diagnosticOf(s, d, docs)}
		if edit := s.fixed([]*diag.Diagnostic{d}); edit != nil {
			out = append(out, codeAction{Title: "Fix " + d.Check.ID + ": " + d.Check.Title, Kind: quickFix, Preferred: true, Diagnostics: shown, Edit: edit})
		}
		if edit := s.suppressed(d); edit != nil {
			out = append(out, codeAction{Title: "Suppress " + d.Check.ID + " here, with a reason", Kind: quickFix, Diagnostics: shown, Edit: edit})
		}
	}
	if action := createRule(s, name, r.Start); action != nil {
		out = append(out, *action)
	}
	if edit := s.fixed(fixable); edit != nil {
		out = append(out, codeAction{Title: "Fix all findings of this file that have one safe fix", Kind: fixAll, Edit: edit})
	}
	return out
}

// ofKinds are the actions of some kinds; none stands for all.
func ofKinds(all []codeAction, kinds []string) []codeAction {
	out := []codeAction{}
	for _, a := range all {
		wanted := func(kind string) bool { return kind == "" || a.Kind == kind || strings.HasPrefix(a.Kind, kind+".") }
		if len(kinds) == 0 || slices.ContainsFunc(kinds, wanted) {
			out = append(out, a)
		}
	}
	return out
}

// fixed are the edits that fix findings; nil where there are none, or one is of a file outside the workspace.
func (s *snapshot) fixed(found []*diag.Diagnostic) *workspaceEdit {
	edit := &workspaceEdit{Changes: map[string][]textEdit{}}
	for _, text := range fix.Apply(found) {
		if !filepath.IsLocal(text.File.Name) {
			return nil
		}
		edit.Changes[s.uri(text.File)] = []textEdit{editOf(text.File, text.Data)}
	}
	if len(edit.Changes) == 0 {
		return nil
	}
	return edit
}

// toSay is the reason that the author of a suppression is to write.
const toSay = "TODO: say why"

// suppressed adds the comment that suppresses a finding; nil where none can be written, as in JSON.
func (s *snapshot) suppressed(d *diag.Diagnostic) *workspaceEdit {
	f, line := d.At.Source(), d.At.Range().Line
	if d.Check.Firm() || d.Check == diag.UselessSuppression || line == 0 || f.IsJSON() || !filepath.IsLocal(f.Name) {
		return nil
	}
	text := f.Line(int(line))
	indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	mark := "#"
	if filepath.Ext(f.Name) == ".cue" {
		mark = "//"
	}
	at, _ := f.Span(source.Range{Line: line, Column: 1, EndLine: line, EndColumn: 1})
	comment := fmt.Sprintf("%s%s sem:ignore %s -- %s%s", indent, mark, d.Check.ID, toSay, lineEnd(f))
	after := slices.Concat(f.Data[:at], []byte(comment), f.Data[at:])
	if mark == "#" {
		then, same := sameTrees(f, after)
		if !same || !slices.ContainsFunc(then.Suppressions, func(x source.Suppression) bool { return x.Line == line+1 && x.Checks[0] == d.Check.ID }) {
			return nil // within a text of several lines, for example
		}
	}
	start := linesOf(f.Data).between(at, at)
	return &workspaceEdit{Changes: map[string][]textEdit{s.uri(f): {{Range: start, NewText: comment}}}}
}
