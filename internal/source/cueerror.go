package source

import (
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"sem.example/internal/lazy"
)

// fail reports what CUE finds wrong, once a value, each at the place where it is in one of the files.
func (r *cueReader) fail(first *content, all []*cueFault) {
	for _, f := range all {
		r.narrow(f)
		p := r.complain(f)
		p.File = first.file
		r.blame(&p, f)
		if p.aboutSecret() {
			p.Message = withoutValues(p.Message, pathOf(f.path))
		}
		same := func(old Problem) bool { return old.Range == p.Range && old.Message == p.Message }
		if len(first.problems) < maxTroubles && !slices.ContainsFunc(first.problems, same) {
			first.problems = append(first.problems, p)
		}
	}
}

// narrow keeps of a fault what the one constraint says that the data do not meet. Where a value has to meet several, CUE
// lists the alternatives of all.
func (r *cueReader) narrow(f *cueFault) {
	v, whole := r.reach(f.path)
	if !whole || !f.chooses() {
		return
	}
	parts := conjuncts(v)
	at := slices.IndexFunc(parts, func(part cue.Value) bool { return part.IsConcrete() && part.Err() == nil })
	if at < 0 {
		return
	}
	for _, part := range parts {
		if err := part.Unify(parts[at]).Validate(cue.Concrete(true)); err != nil && part.Err() == nil {
			f.errors = errors.Errors(err)
			return
		}
	}
}

// complain words what is wrong with a value.
func (r *cueReader) complain(f *cueFault) Problem {
	path, value := pathOf(f.path), r.quoted(f)
	if words := f.ownWords(); words != "" {
		return Problem{Trouble: Conflict, Message: strings.TrimSpace(path + " " + value + " " + words)}
	}
	about := plainly(f.plainest())
	if rivals := f.rivals(value); len(rivals) > 1 && value != "" && f.chooses() {
		about = cueComplaint{plain: value + " is not one of " + strings.Join(rivals, ", "), trouble: Conflict}
	}
	if path != "" {
		about.plain = path + ": " + about.plain
	}
	return Problem{Trouble: about.trouble, Message: about.plain, Help: about.help}
}

// blame gives a problem its places. The first, its own, is the data that are wrong, or where data that are missing would
// stand; the others, such as the constraint that is not met, take part in it.
func (r *cueReader) blame(p *Problem, f *cueFault) {
	for _, at := range r.suspects(f) {
		switch {
		case at.File == nil:
		case !p.Range.Known():
			p.File, p.Range = at.File, at.Range
		case at.File == p.File && at.Range.Line == p.Range.Line:
		case !slices.ContainsFunc(p.Related, func(old FileRange) bool { return old.File == at.File && old.Range.Line == at.Range.Line }):
			at.Note = "this takes part in it"
			p.Related = append(p.Related, at)
		}
	}
}

// suspects are the places of a fault, the data first.
func (r *cueReader) suspects(f *cueFault) []FileRange {
	places := r.data(f)
	if v, whole := r.reach(f.path); len(places) == 0 && !whole && v.Exists() {
		places = append(places, r.key(v))
	}
	for _, e := range f.errors {
		for _, at := range append([]token.Pos{e.Position()}, e.InputPositions()...) {
			places = append(places, r.point(at))
		}
	}
	return places
}

// data are the places of the data that make a value.
func (r *cueReader) data(f *cueFault) []FileRange {
	v, whole := r.reach(f.path)
	if !whole {
		return nil
	}
	var places []FileRange
	for _, part := range conjuncts(v) {
		if at := r.place(part); part.IsConcrete() && part.Err() == nil && at.File != nil {
			places = append(places, at)
		}
	}
	return places
}

// quoted is the value of a fault as its author wrote it, if that is short enough to be quoted.
func (r *cueReader) quoted(f *cueFault) string {
	for _, at := range r.data(f) {
		if text := at.File.text(at.Range); at.Range.Line == at.Range.EndLine && len(text) < 80 {
			return text
		}
	}
	return ""
}

// reach follows the path of an error as far as there are values, and reports whether that is all the way.
func (r *cueReader) reach(path []string) (cue.Value, bool) {
	v := r.root
	for _, step := range path {
		var next cue.Value
		if i, err := strconv.Atoi(step); err == nil && v.IncompleteKind() == cue.ListKind {
			next = v.LookupPath(cue.MakePath(cue.Index(i)))
		} else {
			next = v.LookupPath(cue.ParsePath(step))
		}
		if !next.Exists() {
			return v, false
		}
		v = next
	}
	return v, len(path) > 0
}

// conjuncts are the values that a value was unified from.
func conjuncts(v cue.Value) []cue.Value {
	op, parts := v.Expr()
	if op != cue.AndOp {
		return []cue.Value{v}
	}
	var all []cue.Value
	for _, part := range parts {
		all = append(all, conjuncts(part)...)
	}
	return all
}

// aboutSecret reports whether a problem has a place in a file of CUE that makes a Secret. CUE says the values that it
// complains about, and whatever is written in such a file may be one of the Secret's.
func (p Problem) aboutSecret() bool {
	places := append([]FileRange{{File: p.File}}, p.Related...)
	return slices.ContainsFunc(places, func(m FileRange) bool { return m.File != nil && secretKind().Match(m.File.Data) })
}

// literalValue is a string, a sequence of bytes or a number in a message.
var literalValue = lazy.Regexp(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\b\d[\w.]*`)

// withoutValues is a message without the values that it quotes, but for the path that it begins with.
func withoutValues(message, path string) string {
	if !strings.HasPrefix(message, path) {
		path = ""
	}
	return path + literalValue().ReplaceAllString(message[len(path):], "[redacted]")
}
