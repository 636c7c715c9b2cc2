package output

import (
	"fmt"
	"maps"
	"slices"

	"sem.example/internal/source"
	"sem.example/simulate"
)

// A fileView is lines of a file, with those that matter highlighted.
type fileView struct {
	Name  string
	Lines []lineView
}

// A lineView is a line of a file; its range is highlighted.
type lineView struct {
	ID               string // that links lead to; "" where none does
	Number           int
	Before, Hit, End string
	Marked           bool // the line matters
	Gap              bool // lines before it are left out
}

// around is how many lines before and after one that matters are shown.
const around = 3

// showLines returns lines of a file and those around them. The IDs of lines begin with a prefix; "" gives none.
func showLines(f *source.File, marked map[int]bool, exact source.Range, prefix string) *fileView {
	if f == nil || len(marked) == 0 {
		return nil
	}
	wanted := map[int]bool{}
	for n := range marked {
		for i := max(1, n-around); i <= n+around; i++ {
			wanted[i] = true
		}
	}
	v := &fileView{Name: Quote(f.Name)}
	last := 0
	for _, n := range slices.Sorted(maps.Keys(wanted)) {
		text, ok := safeLine(f, n)
		if !ok {
			continue
		}
		line := lineView{Number: n, Marked: marked[n], Gap: last > 0 && n > last+1, Before: string(text)}
		last = n
		if marked[n] && prefix != "" {
			line.ID = lineID(prefix, f.Name, n)
		}
		if int(exact.Line) == n {
			from, to := hit(exact, len(text))
			line.Before, line.Hit, line.End = string(text[:from]), string(text[from:to]), string(text[to:])
		}
		v.Lines = append(v.Lines, line)
	}
	return v
}

// hit is the part of a range that is on its first line, in characters.
func hit(r source.Range, length int) (from, to int) {
	from, to = max(0, min(int(r.Column)-1, length)), length
	if r.EndLine == r.Line {
		to = min(int(r.EndColumn)-1, length)
	}
	return from, max(from, to)
}

// safeLine is a line of a file without what belongs to a Secret, and reports whether the file has it.
func safeLine(f *source.File, n int) ([]rune, bool) {
	if n > f.Count() {
		return nil, false
	}
	at := source.Place{File: f, Exact: source.Range{Line: int32(n), Column: 1, EndLine: int32(n), EndColumn: 2}}
	return visible(at.Excerpt()), true
}

// lineID is the ID of a line in a part of a page. It has nothing of the name but its sum: names may have any character.
func lineID(prefix, file string, n int) string {
	return fmt.Sprintf("%s-%s-%d", prefix, hashedName(file), n)
}

// placesOf are the files of places with their lines, the places that are used first.
func placesOf(places []simulate.Place, files map[string]*source.File, prefix string) []fileView {
	var names []string
	lines := map[string]map[int]bool{}
	for _, p := range places {
		if files[p.File] == nil || p.Line == 0 {
			continue
		}
		if lines[p.File] == nil {
			lines[p.File] = map[int]bool{}
			names = append(names, p.File)
		}
		lines[p.File][p.Line] = true
	}
	var out []fileView
	for _, name := range names {
		if v := showLines(files[name], lines[name], source.Range{}, prefix); v != nil {
			out = append(out, *v)
		}
	}
	return out
}
