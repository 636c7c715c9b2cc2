package diag

import "slices"

// unread are the checks whose errors say that a file, or a document of one, is not part of what was read.
var unread = []*Check{
	Unreadable, tooLarge, notText, syntax, tabIndent, Template, badAnchor, tooComplex, noJSON, notObject, noKind, notConcrete, conflict,
	Undecodable,
}

// Unread returns the findings of a list that say what could not be read. No answer takes account of that.
func (l List) Unread() List {
	var out List
	for _, d := range l {
		if d.Level() == Error && slices.Contains(unread, d.Check) {
			out = append(out, d)
		}
	}
	return out
}

// NotGiven returns the findings that say what a cluster did not give.
func (l List) NotGiven() List {
	var out List
	for _, d := range l {
		if d.Check == NotGiven {
			out = append(out, d)
		}
	}
	return out
}

// Unreadable reports whether a file could not be read: the file system refused it, or it is too large.
func (l List) Unreadable() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return (d.Check == Unreadable || d.Check == tooLarge) && d.Level() == Error })
}
