package diag

import (
	"path"
	"slices"
	"strings"
)

// A Policy is what a user wants to hear of: which checks run, how grave they are, and which findings are let be.
type Policy struct {
	Disable  []string            // checks, by ID, by the code of another tool, or by the beginning of an ID ("SEM2")
	Enable   []string            // goes before Disable
	Severity map[string]Severity // by ID
	Ignore   []Exception
}

// An Exception lets findings be. A field that is empty holds for everything; "*" stands for any run of characters.
type Exception struct {
	Check, Kind, Namespace, Name, Path string
	Reason                             string
}

// Apply returns a list without the findings of disabled checks, the others graded and, where an exception says so, suppressed.
func (p *Policy) Apply(found List) List {
	kept := found[:0]
	for _, d := range found {
		if covers(p.Disable, d.Check) && !covers(p.Enable, d.Check) {
			continue
		}
		if s := p.Severity[d.Check.ID]; s != "" {
			d.Severity = s
		}
		for _, e := range p.Ignore {
			if d.Suppressed == nil && e.concerns(&d) {
				d.Suppressed = &Suppressed{Reason: e.Reason, External: true}
			}
		}
		kept = append(kept, d)
	}
	return kept
}

func covers(codes []string, c *Check) bool {
	return slices.ContainsFunc(codes, func(code string) bool {
		return strings.HasPrefix(c.ID, code) || slices.Contains(c.Aliases, code)
	})
}

func (e Exception) concerns(d *Diagnostic) bool {
	if e.Check != "" && !covers([]string{e.Check}, d.Check) {
		return false
	}
	kind, namespace, name := "", "", ""
	if doc := d.At.Doc; doc != nil {
		kind, namespace, name = doc.Kind, doc.Namespace, doc.Name
	}
	return like(e.Kind, kind) && like(e.Namespace, namespace) && like(e.Name, name) && like(e.Path, d.At.fileName())
}

// like says whether a text fits a pattern, in which "*" stands for any run of characters within a segment of a path, and a
// pattern that names a folder fits everything below it.
func like(pattern, text string) bool {
	if pattern == "" || pattern == text {
		return true
	}
	if below, ok := strings.CutSuffix(pattern, "/**"); ok {
		return strings.HasPrefix(text, below+"/")
	}
	ok, err := path.Match(pattern, text)
	return err == nil && ok
}
