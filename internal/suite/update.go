package suite

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"

	"sem.example/internal/source"
	"sem.example/simulate"
)

// errLayout says that a file is written in a way that an update cannot keep.
var errLayout = errors.New("the layout of the file does not allow for it: write the expectations by hand")

// An edit replaces a part of a file.
type edit struct {
	from, to int // offsets
	text     string
}

// Update returns the text of the file with the answers of its traces in place of the expectations that failed, and how many it
// changed. All else is kept to the byte. A case of several requests is changed where they have the same answer, and what must
// not be is never changed: those fail on.
func (f *FileResult) Update() ([]byte, int, error) {
	var edits []edit
	for _, results := range f.byCase() {
		edits = append(edits, f.File.answers(results)...)
	}
	if len(edits) == 0 {
		return nil, 0, nil
	}
	text, made := apply(f.File.text.Data, edits)
	if _, found := Read(&source.File{Name: f.File.Name, Data: text}); len(found) > len(f.Broken) {
		return nil, 0, errLayout
	}
	return text, made, nil
}

// apply makes edits and says how many. Where an alias lets tests share an expectation, the first of their edits is made.
func apply(text []byte, edits []edit) ([]byte, int) {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var out bytes.Buffer
	at, made := 0, 0
	for i, e := range edits {
		if e.from < at || i > 0 && e.from == edits[i-1].from {
			continue
		}
		out.Write(text[at:e.from])
		out.WriteString(e.text)
		at = e.to
		made++
	}
	out.Write(text[at:])
	return out.Bytes(), made
}

// byCase groups the results of requests that were made.
func (f *FileResult) byCase() [][]*Result {
	var out [][]*Result
	for i := range f.Results {
		r := &f.Results[i]
		switch last := len(out) - 1; {
		case r.Skipped():
		case last >= 0 && out[last][0].Case == r.Case:
			out[last] = append(out[last], r)
		default:
			out = append(out, []*Result{r})
		}
	}
	return out
}

// answers are the edits that make the expectations of a case what its requests are answered with.
func (f *File) answers(results []*Result) []edit {
	if !results[0].Case.expects() {
		return f.first(results)
	}
	var edits []edit
	for _, e := range results[0].Failures {
		text, ok := e.answer()
		if !ok || !agreed(results, &e, text) {
			continue
		}
		if one, ok := f.replace(&e, text); ok {
			edits = append(edits, one)
		}
	}
	return edits
}

// answer is what a failed expectation should say; ok is false for one that cannot be met by another text.
func (e *Failure) answer() (text string, ok bool) {
	if e.node == nil {
		return "", false
	}
	return flow(e.got, e.like), true
}

// agreed reports whether all requests fail an expectation with the same answer.
func agreed(results []*Result, e *Failure, text string) bool {
	for _, r := range results {
		if !slices.ContainsFunc(r.Failures, func(other Failure) bool {
			answer, ok := other.answer()
			return ok && other.node == e.node && answer == text
		}) {
			return false
		}
	}
	return true
}

// replace puts a text in the place of an expectation. A list that has an item a line keeps that.
func (f *File) replace(e *Failure, text string) (edit, bool) {
	if !e.node.Range.Known() {
		return edit{}, false
	}
	from, to := f.text.Span(e.node.Range)
	old := string(f.text.Data[from:to])
	switch {
	case old == "": // a key without a value
		text = " " + text
	case e.node.Kind == source.String && strings.ContainsAny(old[:1], "|>"):
		return edit{}, false // the text goes on below
	case e.node.Kind != source.List || old[0] != '-':
	case e.got.Len() == 0:
		from = f.afterColon(e.key)
		text = " " + text
	default:
		text = strings.Join(rows(e.got, e.like), "\n"+strings.Repeat(" ", int(e.node.Range.Column)-1))
	}
	return edit{from: from, to: to, text: text}, true
}

// afterColon is the offset behind a key and its colon.
func (f *File) afterColon(key source.Range) int {
	_, end := f.text.Span(key)
	return end + bytes.IndexByte(f.text.Data[end:], ':') + 1
}

// first writes the expectation of a case that has none.
func (f *File) first(results []*Result) []edit {
	lines := answerOf(results[0].Trace)
	for _, r := range results[1:] {
		same := answerOf(r.Trace)
		lines = slices.DeleteFunc(lines, func(line string) bool { return !slices.Contains(same, line) })
	}
	if len(lines) == 0 {
		return nil
	}
	node := results[0].Case.node
	if old := node.Get("expect"); old != nil && old.Kind == source.Map {
		from, to := f.text.Span(old.Range)
		return []edit{{from: from, to: to, text: inBraces(lines)}}
	}
	from, to := f.text.Span(node.Range)
	if f.text.Data[from] == '{' {
		return []edit{{from: to - 1, to: to - 1, text: ", expect: " + inBraces(lines)}}
	}
	indent := "\n" + strings.Repeat(" ", int(node.Range.Column)-1)
	text := indent + "expect:" + indent + "  " + strings.Join(lines, indent+"  ")
	if key := node.KeyOf("expect"); key.Known() {
		at := f.afterColon(key)
		return []edit{{from: at, to: at, text: strings.TrimPrefix(text, indent+"expect:")}}
	}
	at := to
	if i := bytes.IndexByte(f.text.Data[to:], '\n'); i >= 0 {
		at = to + i
	} else {
		at = len(bytes.TrimRight(f.text.Data, "\n"))
	}
	return []edit{{from: at, to: at, text: text}}
}

// answerOf is what a trace says above all, a field a line.
func answerOf(t *simulate.Trace) []string {
	out := []string{"verdict: " + string(t.Verdict)}
	add := func(path string) {
		if v, err := t.Value(strings.Split(path, ".")...); err == nil && !unset(v) {
			out = append(out, path+": "+flow(v, nil))
		}
	}
	add("status")
	add("responseFlags")
	if len(t.Hops) == 0 {
		return out
	}
	h := &t.Hops[0]
	if h.Route != "default" { // what istiod calls a route without a name
		add("route")
	}
	if h.Destination != nil {
		out = append(out, "destination: "+setFields(t, "destination", "host", "subset", "port"))
	}
	if h.TLS != nil && h.TLS.OriginatedBy == "proxy" {
		out = append(out, "tls: "+setFields(t, "tls", "mode", "sni"))
	}
	add("rewrite.path.to")
	add("rewrite.authority.to")
	add("response.location")
	return append(out, branchExpectations(t)...)
}

// setFields writes those fields of an object of the trace that are set.
func setFields(t *simulate.Trace, object string, fields ...string) string {
	var parts []string
	for _, name := range fields {
		if v, _ := t.Value(object, name); !unset(v) {
			parts = append(parts, name+": "+flow(v, nil))
		}
	}
	return inBraces(parts)
}

// branchExpectations tells of the branches of a trace, and of the proxies behind the first.
func branchExpectations(t *simulate.Trace) []string {
	var out []string
	if v, _ := t.Value("branches"); !unset(v) {
		out = append(out, "branches: "+flow(v, listOf("share", "cluster")))
	}
	if len(t.Hops) > 1 {
		v, _ := t.Value("hops")
		out = append(out, "hops: "+flow(v, listOf("direction", "cluster")))
	}
	return out
}

// listOf is a pattern of a list whose elements are told by some fields.
func listOf(keys ...string) *pattern {
	item := &pattern{is: object}
	for _, key := range keys {
		item.fields = append(item.fields, entry{name: key, keys: []string{key}, want: &pattern{}})
	}
	return &pattern{is: list, items: []*pattern{item}}
}
