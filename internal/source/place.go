package source

import "slices"

// A Place is a field of a document: the one way from a field to the file and line that it is written on. Where no document
// came to be, it is a range of a file.
type Place struct {
	Doc   *Document
	Field string // path; "" is the whole document
	Key   bool   // point at the key rather than at the value
	Exact Range  // where a parser knows the place itself; overrides Field
	File  *File  // where there is no document
}

// A Position is a place as people and editors name it. The zero position is unknown.
type Position struct {
	File         string
	Line, Column int
}

// Position resolves the place to a file, line and column.
func (p Place) Position() Position {
	at := p.Range()
	out := Position{Line: int(at.Line), Column: int(at.Column)}
	if f := p.Source(); f != nil {
		out.File = f.Name
	}
	return out
}

// Range resolves the place to lines and columns of the file [Place.Source].
func (p Place) Range() Range {
	switch {
	case p.Exact.Known():
		return p.Exact
	case p.Doc == nil:
		return Range{}
	case p.Key:
		return p.Doc.KeyAt(p.Field)
	}
	return p.Doc.At(p.Field)
}

// Source is the file that holds the place, or nil. With CUE and kustomize that may be another file than the document's own.
func (p Place) Source() *File {
	switch {
	case p.Doc == nil:
		return p.File
	case p.Exact.Known():
		return p.Doc.File
	}
	return p.Doc.fileAt(p.Field)
}

// Excerpt returns the line of a place as it may be shown: what belongs to a Secret is masked, character by character. It is ""
// where the place itself is in a Secret, or is one of a document with a Secret that could not be read.
//
// It goes by the text, because a Secret is also to be kept from the message that it cannot be parsed.
func (p Place) Excerpt() string {
	f, r := p.Source(), p.Range()
	if f == nil || !r.Known() {
		return ""
	}
	line := f.Line(int(r.Line))
	f.findSecrets.Do(func() { f.secrets = f.secretsIn() })
	if len(f.secrets.objects) == 0 {
		return line
	}
	hidden := f.secrets.objects
	if p.Doc == nil || p.Doc.Kind == "" {
		hidden = f.secrets.documents
	}
	at := f.offset(r.Line, r.Column)
	if slices.ContainsFunc(hidden, func(s span) bool { return s.holds(at) }) {
		return ""
	}
	return mask(line, f.lines[min(int(r.Line), len(f.lines))-1], hidden)
}
