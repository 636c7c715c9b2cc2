package lsp

import (
	"slices"
	"strings"

	"sem.example/internal/diag"
)

// published are the diagnostics of each file that has any, by URI. Docs is the address of the page of checks; "" without one.
func published(s *snapshot, docs string) map[string]publishDiagnosticsParams {
	all := map[string]publishDiagnosticsParams{}
	for _, d := range s.reported() {
		uri := s.uri(d.At.Source())
		params, ok := all[uri]
		if !ok {
			params.URI = uri
			if doc, open := s.docs[d.At.Source().Name]; open {
				params.Version = &doc.version
			}
		}
		params.Diagnostics = append(params.Diagnostics, diagnosticOf(s, d, docs))
		all[uri] = params
	}
	return all
}

// levels are the severities of the protocol.
var levels = map[diag.Severity]int{diag.Error: 1, diag.Warning: 2, diag.Info: 3}

func diagnosticOf(s *snapshot, d *diag.Diagnostic, docs string) diagnostic {
	out := diagnostic{
		Range: s.rangeIn(d.At.Source(), d.At.Range()), Severity: levels[d.Level()],
		Code: d.Check.ID, Source: "sem", Message: messageOf(d), Tags: tagsOf(d.Check),
	}
	if docs != "" {
		out.CodeDescription = &codeDescription{Href: docs + "#" + strings.ToLower(d.Check.ID)}
	}
	for _, r := range d.Related {
		if at, ok := s.location(r.Place); ok {
			out.Related = append(out.Related, relatedInformation{Location: at, Message: r.Note})
		}
	}
	return out
}

// messageOf is what is wrong, and what to do.
func messageOf(d *diag.Diagnostic) string {
	if advice := d.Advice(); advice != "" {
		return d.Message + "\nhelp: " + advice
	}
	return d.Message
}

// without are the checks about what has no effect, which editors show faded.
var without = []string{"SEM082", "SEM091", "SEM098", "SEM133", "SEM220", "SEM221", "SEM222", "SEM225", "SEM229", "SEM233", "SEM239", "SEM253",
	"SEM272", "SEM276", "SEM277", "SEM290", "SEM299", "SEM302", "SEM303", "SEM313", "SEM361", "SEM363", "SEM365", "SEM367"}

// deprecated are the checks about what its maintainers want to be rid of, which editors strike through.
var deprecated = []string{"SEM044", "SEM358", "SEM374"}

func tagsOf(c *diag.Check) []int {
	switch {
	case slices.Contains(without, c.ID):
		return []int{tagUnnecessary}
	case slices.Contains(deprecated, c.ID):
		return []int{tagDeprecated}
	}
	return nil
}
