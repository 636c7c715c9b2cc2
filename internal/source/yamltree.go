package source

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The bounds of a document's tree. No configuration that is meant for people comes near them; what goes beyond would
// only exhaust the stack or the memory of whoever reads it.
const (
	maxDepth  = 200
	maxUnfold = 200_000 // nodes, counting what an alias stands for each time
)

// A treeBuilder turns the syntax tree of one document into nodes.
type treeBuilder struct {
	file      *File
	shift     int32 // lines of the file before the document
	anchors   map[*yaml.Node]*anchored
	arena     *arena
	count     int // nodes made so far, aliases unfolded
	depth     int
	aliased   bool
	stopped   bool
	keyIsTree bool // a map or list is where a key belongs, as "{{" makes it
	trouble   []Problem
	doubts    []Problem // scalars that YAML 1.2 would read differently
}

// An anchored node may be used again; until it is whole, its node is nil.
type anchored struct {
	node  *Node
	count int
}

// maxTroubles is how many problems of one document are reported; who makes more has made one that repeats.
const maxTroubles = 20

func (g *treeBuilder) report(p Problem) {
	if len(g.trouble) < maxTroubles {
		g.trouble = append(g.trouble, p)
	}
}

func (g *treeBuilder) problem(t Trouble, at Range, format string, args ...any) {
	g.report(Problem{Trouble: t, File: g.file, Range: at, Message: fmt.Sprintf(format, args...)})
}

// doubt reports a scalar that YAML 1.2 would read otherwise.
func (g *treeBuilder) doubt(at Range, message, help string) {
	g.doubts = append(g.doubts, Problem{Trouble: TwoReadings, File: g.file, Range: at, Message: message, Help: help})
}

// octal reports whether a number that begins with a zero has another value than its digits.
func octal(text, value string) bool {
	text = strings.TrimLeft(text, "+-")
	return len(text) > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9' &&
		strings.TrimLeft(text, "0") != strings.TrimLeft(value, "-0")
}

// build returns the tree of a syntax node.
func (g *treeBuilder) build(y *yaml.Node) *Node {
	g.count++
	if g.depth >= maxDepth || g.aliased && g.count > maxUnfold {
		g.tooComplex(y)
		return g.arena.node()
	}
	if y.Kind == yaml.AliasNode {
		return g.alias(y)
	}
	if y.Anchor == "" {
		return g.value(y)
	}
	if g.anchors == nil {
		g.anchors = map[*yaml.Node]*anchored{}
	}
	entry, before := &anchored{}, g.count
	g.anchors[y] = entry
	entry.node, entry.count = g.value(y), g.count-before+1
	return entry.node
}

// tooComplex reports, once, that the document is too much.
func (g *treeBuilder) tooComplex(y *yaml.Node) {
	if g.stopped {
		return
	}
	g.stopped = true
	if g.depth >= maxDepth {
		g.problem(TooComplex, g.extent(y, nil), "the document is nested more than %d levels deep", maxDepth)
		return
	}
	g.problem(TooComplex, g.extent(y, nil), "the aliases of the document expand to more than %d values", maxUnfold)
}

// alias returns what an alias stands for: the anchor's value, at the place of the alias.
func (g *treeBuilder) alias(y *yaml.Node) *Node {
	n, at := g.arena.node(), g.extent(y, nil)
	g.aliased = true
	entry := g.anchors[y.Alias]
	if entry == nil || entry.node == nil {
		g.problem(BadAnchor, at, "the anchor &%s contains itself", y.Value)
		return n
	}
	g.count += entry.count
	*n = *entry.node
	n.Range = at
	return n
}

func (g *treeBuilder) value(y *yaml.Node) *Node {
	n := g.arena.node()
	g.depth++
	defer func() { g.depth-- }()
	switch y.Kind {
	case yaml.MappingNode:
		n.Kind = Map
		n.Fields = g.fields(y)
	case yaml.SequenceNode:
		n.Kind = List
		n.Items = make([]*Node, 0, len(y.Content))
		for _, item := range y.Content {
			n.Items = append(n.Items, g.build(item))
		}
	default:
		g.scalar(n, y)
	}
	n.Range = g.extent(y, n)
	return n
}

func (g *treeBuilder) scalar(n *Node, y *yaml.Node) {
	r := g.read(y)
	n.Kind, n.Text = r.kind, r.text
	if y.Style == 0 && r.kind == Number && octal(y.Value, r.text) {
		g.doubt(g.extent(y, nil), y.Value+" is octal here and means "+r.text, "write "+strings.TrimLeft(y.Value, "+-0")+", or "+r.text+" if that is meant")
	}
	if r.err != nil {
		g.problem(NoJSON, g.extent(y, nil), "the value %s has no JSON form, so Kubernetes cannot read it", y.Value)
	}
}

// read returns what Kubernetes reads of a scalar.
func (g *treeBuilder) read(y *yaml.Node) reading {
	text, untagged := g.flowScalar(y)
	switch {
	case !untagged:
		return ask(text, y.Value)
	case y.Style != 0:
		return reading{kind: String, text: y.Value}
	}
	return plain(y.Value)
}

// verbatim writes a tag as a whole, whatever characters it has.
func verbatim(tag string) string {
	var b strings.Builder
	b.WriteString("!<")
	for i := 0; i < len(tag); i++ {
		switch c := tag[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_.:,!/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	b.WriteString(">")
	return b.String()
}

// flowScalar returns a scalar as YAML on one line, and whether it does without a tag.
func (g *treeBuilder) flowScalar(y *yaml.Node) (text string, untagged bool) {
	switch {
	case y.Style&yaml.TaggedStyle != 0:
		return verbatim(y.LongTag()) + " " + quoted(y.Value), false
	case g.untypedTag(y):
		return "! " + quoted(y.Value), false
	case y.Style != 0:
		return quoted(y.Value), true
	}
	return y.Value, true
}

// quoted writes a string as JSON does, which YAML reads too.
func quoted(s string) string { return string(appendString(nil, s)) }

// untypedTag reports whether a scalar has the tag "!", which makes it a string and which the syntax tree leaves out.
func (g *treeBuilder) untypedTag(y *yaml.Node) bool {
	at := g.start(y)
	if y.Anchor != "" && bytes.HasPrefix(g.file.Data[at:], []byte{'&'}) {
		at = gap(g.file.Data, at+1+len(y.Anchor))
	}
	return bytes.HasPrefix(g.file.Data[at:], []byte{'!'})
}

// fields returns the entries of a map. As sigs.k8s.io/yaml does, the later of two entries for a key wins, also where
// one of them comes from a merge ("<<").
func (g *treeBuilder) fields(y *yaml.Node) []Field {
	set := fieldset{fields: make([]Field, 0, len(y.Content)/2)}
	var merged bool
	for i := 0; i+1 < len(y.Content); i += 2 {
		k, v := y.Content[i], y.Content[i+1]
		if k.Kind == yaml.ScalarNode && k.Tag == "!!merge" {
			merged = true
			g.merge(&set, v)
			continue
		}
		at := g.extent(k, nil)
		key, ok := g.key(k, at)
		if !ok {
			continue
		}
		f := Field{Key: key, Range: at, Value: g.build(v)}
		if implicit(v) {
			f.Value.Range = at
		}
		if old := set.find(key); old != nil && !merged {
			g.report(duplicate(g.file, f, old))
		}
		set.set(f)
	}
	return set.fields
}

// implicit reports whether a value is left out altogether ("key:"), so that only the key has a place.
func implicit(y *yaml.Node) bool {
	return y.Kind == yaml.ScalarNode && y.Value == "" && y.Style == 0 && y.Anchor == ""
}

// duplicate is the trouble with a key that its map already has.
func duplicate(file *File, f Field, old *Field) Problem {
	return Problem{
		Trouble: DuplicateKey, File: file, Range: f.Range,
		Message: "the key " + strconv.Quote(f.Key) + " is already set in this map",
		Related: []FileRange{{Range: old.Range, Note: "first set here; the later value takes precedence"}},
	}
}

// key returns a key as the string that JSON demands.
func (g *treeBuilder) key(y *yaml.Node, at Range) (string, bool) {
	if y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	if y.Kind != yaml.ScalarNode {
		g.keyIsTree = true
		g.problem(NoJSON, at, "a map or a list cannot be a key")
		return "", false
	}
	r := reading{kind: String, text: y.Value}
	if text, untagged := g.flowScalar(y); !untagged || looks(y.Value) == Null {
		r = askKey(text, y.Value)
	}
	if r.text != y.Value && y.Style == 0 {
		g.doubt(at, "the plain key "+y.Value+" becomes "+strconv.Quote(r.text), "put it in quotes: "+strconv.Quote(y.Value))
	}
	if r.err != nil {
		g.problem(NoJSON, at, "a key must be a string")
	}
	return r.text, r.err == nil
}

// merge adds the entries of the maps that a merge key names.
func (g *treeBuilder) merge(set *fieldset, y *yaml.Node) {
	from := g.build(y)
	maps := []*Node{from}
	if from.Kind == List && y.Kind == yaml.SequenceNode {
		maps = from.Items
	}
	for i := len(maps) - 1; i >= 0; i-- { // the first of a list has the last word
		if maps[i].Kind != Map {
			g.problem(BadAnchor, g.extent(y, nil), "the merge key << wants a map or a list of maps")
			return
		}
		if g.count += len(maps[i].Fields); g.count > maxUnfold {
			g.tooComplex(y)
			return
		}
		for _, f := range maps[i].Fields {
			set.set(f)
		}
	}
}
