package source

import (
	"bytes"
	"strings"

	"sem.example/internal/lazy"
)

// A Suppression is a comment that asks sem not to report something:
//
//	host: "*"   # sem:ignore SEM140 -- the partner's hosts are not known
//	# sem:ignore-file SEM140,SEM141 -- generated
//
// The first form speaks of its own line or, where it has a line to itself, of the next line that is not a comment.
type Suppression struct {
	Checks []string // IDs
	Reason string   // what follows "--"; "" without one
	Line   int32    // of which it speaks; 0 is the whole file
	Range  Range    // of the comment
}

var (
	// directive is a comment that is meant for sem, behind white space or at the start of a line.
	directive = lazy.Regexp(`(?:#|//)[ \t]*sem:([a-z-]+)(?:[ \t]+(.*))?$`)
	checkID   = lazy.Regexp(`^SEM[0-9]+$`)
)

// suppressions collects the comments of a file that are meant for sem.
func (c *content) suppressions() {
	if !bytes.Contains(c.file.Data, []byte("sem:")) {
		return
	}
	var waiting []int // suppressions that speak of the next line with something on it
	for i := range c.file.lines {
		n := i + 1
		line := c.file.Line(n)
		at := directive().FindStringIndex(line)
		code := strings.TrimSpace(line)
		if at != nil && (at[0] == 0 || space(line[at[0]-1])) {
			code = strings.TrimSpace(line[:at[0]])
			if s, ok := c.suppression(n, line, at[0]); ok {
				c.file.Suppressions = append(c.file.Suppressions, s)
				if s.Line > 0 {
					waiting = append(waiting, len(c.file.Suppressions)-1)
				}
			}
		}
		if code == "" || strings.HasPrefix(code, "#") || strings.HasPrefix(code, "//") {
			continue
		}
		for _, w := range waiting {
			c.file.Suppressions[w].Line = int32(n)
		}
		waiting = nil
	}
}

// suppression reads the comment at a column of a line.
func (c *content) suppression(n int, line string, at int) (Suppression, bool) {
	m := directive().FindStringSubmatch(line)
	start := c.file.lines[n-1] + at
	s := Suppression{Line: int32(n), Range: c.file.span(start, start+len(line)-at)}
	ids, reason, _ := strings.Cut(m[2], "--")
	s.Checks, s.Reason = strings.FieldsFunc(ids, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }), strings.TrimSpace(reason)
	switch m[1] {
	case "ignore":
	case "ignore-file":
		s.Line = 0
	default:
		c.problem(BadSuppression, s.Range, "sem:"+m[1]+" is not a suppression; use sem:ignore or sem:ignore-file")
		return s, false
	}
	if len(s.Checks) == 0 {
		c.problem(BadSuppression, s.Range, "sem:"+m[1]+" names no check")
		return s, false
	}
	for _, id := range s.Checks {
		if !checkID().MatchString(id) {
			c.problem(BadSuppression, s.Range, id+" is not the ID of a check")
			return s, false
		}
	}
	return s, true
}
