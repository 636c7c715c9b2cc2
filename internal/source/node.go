package source

import "slices"

// Kind is the JSON type of a [Node].
type Kind uint8

// The kinds of a node.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Map
)

// String names the kind in the words that a user of YAML knows.
func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "string", "list", "map"}[k]
}

// Range is the place of a key or value in its file. Lines and columns count from 1, columns in characters;
// the end is exclusive. The zero Range is "unknown".
type Range struct {
	Line, Column       int32
	EndLine, EndColumn int32
}

// Known reports whether the range points anywhere.
func (r Range) Known() bool { return r.Line > 0 }

// A Node is one value of a document's tree.
type Node struct {
	Kind   Kind
	Range  Range
	Text   string  // String: the value; Number: the literal in JSON's form; Bool: "true" or "false"
	Items  []*Node // List
	Fields []Field // Map, in the order of the file, keys unique
}

// A Field is a key of a map with its value.
type Field struct {
	Key   string
	Range Range // of the key
	Value *Node
}

// Text returns a string that no file has.
func Text(s string) *Node { return &Node{Kind: String, Text: s} }

// MapOf returns a map of one field that no file has.
func MapOf(key string, value *Node) *Node {
	return &Node{Kind: Map, Fields: []Field{{Key: key, Value: value}}}
}

// Get returns the value of a key of a map, or nil. A nil node has no keys.
func (n *Node) Get(key string) *Node {
	if f := n.field(key); f != nil {
		return f.Value
	}
	return nil
}

// StringAt returns the string value of a key, or "" where it is absent or no string.
func (n *Node) StringAt(key string) string {
	if v := n.Get(key); v != nil && v.Kind == String {
		return v.Text
	}
	return ""
}

// KeyOf returns the place of a key of a map; it is unknown where the map has no such key.
func (n *Node) KeyOf(key string) Range {
	if f := n.field(key); f != nil {
		return f.Range
	}
	return Range{}
}

// With returns a copy of a map with another value of a key. A nil node is an empty map.
func (n *Node) With(key string, value *Node) *Node {
	out := &Node{Kind: Map}
	if n != nil {
		out.Range, out.Fields = n.Range, append(out.Fields, n.Fields...)
	}
	if old := out.field(key); old != nil {
		old.Value = value
		return out
	}
	out.Fields = append(out.Fields, Field{Key: key, Value: value})
	return out
}

// Without returns a copy of a map without a key; anything but a map as it is.
func (n *Node) Without(key string) *Node {
	if n == nil || n.Kind != Map {
		return n
	}
	out := *n
	out.Fields = slices.DeleteFunc(slices.Clone(n.Fields), func(f Field) bool { return f.Key == key })
	return &out
}

func (n *Node) field(key string) *Field {
	if n == nil {
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Key == key {
			return &n.Fields[i]
		}
	}
	return nil
}

// An arena allocates nodes; those of a file live together.
type arena []Node

func (s *arena) node() *Node {
	if len(*s) == 0 {
		*s = make(arena, 64)
	}
	n := &(*s)[0]
	*s = (*s)[1:]
	return n
}
