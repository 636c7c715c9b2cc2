package diag

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A Policy is what a user wants to hear of: which checks run, how grave they are, and which findings are let be.
type Policy struct {
	Disable  []string            // checks, by ID, by the code of another tool, or by the beginning of an ID ("SEM2")
	Enable   []string            // goes before Disable
	Severity map[string]Severity // by ID
	Ignore   []Exception
	Dir      string // the folder that the paths of Ignore are relative to; "" is the current one
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
			if d.Suppressed == nil && e.concerns(&d, p.Dir) {
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

func (e Exception) concerns(d *Diagnostic, dir string) bool {
	if e.Check != "" && !covers([]string{e.Check}, d.Check) {
		return false
	}
	kind, namespace, name := "", "", ""
	if doc := d.At.Doc; doc != nil {
		kind, namespace, name = doc.Kind, doc.Namespace, doc.Name
	}
	return like(e.Kind, kind) && like(e.Namespace, namespace) && like(e.Name, name) &&
		(e.Path == "" || like(e.Path, relative(dir, d.At.fileName())))
}

// relative is the name of a file as seen from a folder, with slashes.
func relative(dir, name string) string {
	from, err := filepath.Abs(dir)
	if err != nil {
		return name
	}
	to, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	if rel, err := filepath.Rel(from, to); err == nil {
		return filepath.ToSlash(rel)
	}
	return name
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
