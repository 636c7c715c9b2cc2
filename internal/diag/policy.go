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
	File     Settings
}

// Settings are the parts of a policy that a settings file asks for, rather than the command line.
type Settings struct {
	Name     string // of the file; "" without one
	Disable  []string
	Severity map[string]bool // by ID
}

// An Exception lets findings be. A field that is empty holds for everything; "*" stands for any run of characters.
type Exception struct {
	Check, Kind, Namespace, Name, Path string
	Reason                             string
}

// Apply returns a list without the findings of disabled checks, the others graded and, where an exception says so, suppressed;
// and counts what the settings file and suppressions in the documents silence. Findings of firm checks stay as they are,
// unless they are graded higher.
func (p *Policy) Apply(found List) (List, []Silenced) {
	kept, count := found[:0], silencer{}
	for _, d := range found {
		if covers(p.Disable, d.Check) && !covers(p.Enable, d.Check) && !d.Check.Firm() {
			if covers(p.File.Disable, d.Check) {
				count.add("disable", p.File.Name, &d)
			}
			continue
		}
		p.grade(&d, count)
		p.except(&d)
		if s := d.Suppressed; s != nil && s.External {
			count.add("ignore", p.File.Name, &d)
		} else if s != nil {
			count.add("comment", d.At.Position().File, &d)
		}
		kept = append(kept, d)
	}
	return kept, count.list()
}

// grade gives a finding the severity that the policy asks for.
func (p *Policy) grade(d *Diagnostic, count silencer) {
	s := p.Severity[d.Check.ID]
	lower := rank[s] < rank[d.Level()]
	if s == "" || d.Check.Firm() && lower {
		return
	}
	if lower && p.File.Severity[d.Check.ID] {
		count.add("severity", p.File.Name, d)
	}
	d.Severity = s
}

// rank orders the severities, the gravest highest.
var rank = map[Severity]int{Error: 3, Warning: 2, Info: 1}

// except suppresses a finding that an exception is about.
func (p *Policy) except(d *Diagnostic) {
	for _, e := range p.Ignore {
		if d.Suppressed == nil && !d.Check.Firm() && e.concerns(d, p.Dir) {
			d.Suppressed = &Suppressed{Reason: e.Reason, External: true}
		}
	}
}

// Covers reports whether a code stands for a check: its ID, a beginning of its ID, or the code of another tool.
func Covers(code string, c *Check) bool { return covers([]string{code}, c) }

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
		(e.Path == "" || like(e.Path, relative(dir, d.At.Position().File)))
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

// like reports whether a text fits a pattern, in which "*" stands for any run of characters within a segment of a path, and a
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
