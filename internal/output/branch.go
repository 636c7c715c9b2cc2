package output

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sem.example/simulate"
)

// branchWords describes one way of a choice: its cluster and endpoint, and what is otherwise than on the way that the hop
// itself describes.
func branchWords(h *simulate.Hop, b *simulate.Branch) string {
	var parts []string
	if b.Cluster != "" {
		parts = append(parts, b.Cluster)
	}
	if n := len(b.Endpoints); n > 0 {
		to := fmt.Sprintf("→ %s:%d", b.Endpoints[0].Address, b.Endpoints[0].Port)
		if n > 1 {
			to += fmt.Sprintf(" and %d more", n-1)
		}
		parts = append(parts, to)
	}
	if b.TLS != nil && h.TLS != nil && (b.TLS.Mode != h.TLS.Mode || b.TLS.SNI != h.TLS.SNI && b.TLS.Mode != "ISTIO_MUTUAL") {
		parts = append(parts, encryption(b.TLS))
	}
	if c := changed(b.Rewrite, h.Rewrite); c != "" {
		parts = append(parts, c)
	}
	if own := headerLines(b.Headers); !slices.Equal(own, headerLines(h.Headers)) {
		parts = append(parts, cmp.Or(strings.Join(own, "; "), "no header changed"))
	}
	if b.Verdict != "" && b.Verdict != simulate.Delivered {
		parts = append(parts, strings.ToLower(strings.ReplaceAll(string(b.Verdict), "_", " ")))
	}
	return strings.Join(parts, "  ")
}

func encryption(t *simulate.TLS) string {
	switch {
	case t.OriginatedBy != "proxy":
		return "plaintext"
	case t.SNI != "":
		return fmt.Sprintf("TLS %s for %s", t.Mode, t.SNI)
	}
	return "TLS " + t.Mode
}

// changed returns what a rewrite makes of path and authority where another does not make the same of them.
func changed(r, other *simulate.Rewrite) string {
	if r == nil {
		r = &simulate.Rewrite{}
	}
	if other == nil {
		other = &simulate.Rewrite{}
	}
	var parts []string
	for _, c := range []struct {
		what       string
		own, usual *simulate.Change
	}{{"path", r.Path, other.Path}, {"authority", r.Authority, other.Authority}} {
		switch {
		case c.own == nil && c.usual != nil:
			parts = append(parts, c.what+" "+c.usual.From)
		case c.own != nil && (c.usual == nil || c.own.To != c.usual.To):
			parts = append(parts, c.what+" "+c.own.To)
		}
	}
	return strings.Join(parts, ", ")
}
