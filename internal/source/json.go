package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// A jsonReader builds trees from a stream of JSON values. JSON is read by itself, not as the subset of YAML that it
// nearly is: tabs and surrogate pairs are fine here.
type jsonReader struct {
	file    *File
	dec     *json.Decoder
	root    int // offset of the value at hand
	depth   int
	trouble []Problem
}

var errDeep = fmt.Errorf("the document is nested more than %d levels deep", maxDepth)

// readJSON returns the values of a file that holds JSON, up to the first mistake.
func readJSON(f *File) ([]*Node, []Problem) {
	skip := len(bom(f.Data))
	r := &jsonReader{file: f, dec: json.NewDecoder(bytes.NewReader(f.Data[skip:]))}
	r.dec.UseNumber()
	var roots []*Node
	for {
		r.root = r.skip()
		tok, err := r.dec.Token()
		if errors.Is(err, io.EOF) {
			return roots, r.trouble
		}
		var n *Node
		if err == nil {
			n, err = r.value(tok, r.root)
		}
		if err != nil {
			r.fail(err)
			return roots, r.trouble
		}
		roots = append(roots, n)
	}
}

// here is the offset behind what was read last.
func (r *jsonReader) here() int { return int(r.dec.InputOffset()) + len(bom(r.file.Data)) }

// skip returns the offset of the next token.
func (r *jsonReader) skip() int {
	at := r.here()
	for at < len(r.file.Data) {
		if c := r.file.Data[at]; !space(c) && c != ',' && c != ':' {
			break
		}
		at++
	}
	return at
}

func (r *jsonReader) span(start, end int) Range { return r.file.span(start, end) }

func (r *jsonReader) value(tok json.Token, start int) (*Node, error) {
	n := &Node{}
	switch v := tok.(type) {
	case bool:
		n.Kind, n.Text = Bool, strconv.FormatBool(v)
	case json.Number:
		n.Kind, n.Text = Number, v.String()
	case string:
		n.Kind, n.Text = String, v
	case json.Delim:
		if r.depth++; r.depth > maxDepth {
			return nil, errDeep
		}
		if err := r.nested(n, v); err != nil {
			return nil, err
		}
		r.depth--
	}
	n.Range = r.span(start, r.here())
	return n, nil
}

// nested reads what an opening bracket begins, closing bracket included.
func (r *jsonReader) nested(n *Node, open json.Delim) error {
	set := fieldset{}
	n.Kind = List
	if open == '{' {
		n.Kind = Map
	}
	for r.dec.More() {
		var f Field
		start := r.skip()
		tok, err := r.dec.Token()
		if err == nil && n.Kind == Map {
			f.Key, _ = tok.(string)
			f.Range = r.span(start, r.here())
			start = r.skip()
			tok, err = r.dec.Token()
		}
		if err != nil {
			return err
		}
		if f.Value, err = r.value(tok, start); err != nil {
			return err
		}
		if n.Kind == List {
			n.Items = append(n.Items, f.Value)
			continue
		}
		if old := set.find(f.Key); old != nil && len(r.trouble) < maxTroubles {
			r.trouble = append(r.trouble, duplicate(r.file, f, old))
		}
		set.set(f)
	}
	n.Fields = set.fields
	_, err := r.dec.Token()
	return err
}

// fail reports what ended the reading.
func (r *jsonReader) fail(err error) {
	p := Problem{Trouble: Syntax, File: r.file, Message: "not valid JSON: the file ends inside a value"}
	at := len(r.file.Data)
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, errDeep):
		p.Trouble, p.Message, at = TooComplex, err.Error(), r.here()-1
	case errors.As(json.Unmarshal(r.file.Data[r.root:], new(json.RawMessage)), &syntax) && syntax.Error() != "unexpected end of JSON input":
		// A decoder of a stream does not say reliably where it stopped.
		p.Message, at = "not valid JSON: "+syntax.Error(), r.root+int(syntax.Offset)-1
	}
	p.Range = r.span(max(at, 0), min(max(at, 0)+1, len(r.file.Data)))
	r.trouble = append(r.trouble, p)
}
