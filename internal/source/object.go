package source

import (
	"fmt"
	"strings"
)

// add makes documents of a tree: one, or as many as a list of objects has items.
func (c *content) add(root *Node, label string) {
	if items := root.Get("items"); items != nil && items.Kind == List && strings.HasSuffix(root.StringAt("kind"), "List") {
		for _, item := range items.Items {
			typed(root, item)
			c.add(item, label)
		}
		return
	}
	if root.Kind == List && len(root.Items) > 0 && likeObject(root.Items[0]) {
		for _, item := range root.Items {
			c.add(item, label)
		}
		return
	}
	if c.isObject(root) {
		c.docs = append(c.docs, c.document(root, label))
	}
}

// typed gives an item of a list of one kind, such as a VirtualServiceList, the apiVersion and kind that the API server leaves
// out of it.
func typed(list, item *Node) {
	kind := list.field("kind")
	single := strings.TrimSuffix(kind.Value.Text, "List")
	if single == "" || item.Kind != Map {
		return
	}
	var head []Field
	if version := list.field("apiVersion"); version != nil && item.Get("apiVersion") == nil {
		head = append(head, *version)
	}
	if item.Get("kind") == nil {
		head = append(head, Field{Key: "kind", Range: kind.Range, Value: &Node{Kind: String, Range: kind.Value.Range, Text: single}})
	}
	item.Fields = append(head, item.Fields...)
}

// addAlone adds the tree that a fast reader made of a chunk. A single document of it can be read again.
func (c *content) addAlone(root *Node, ch chunk) {
	before := len(c.docs)
	c.add(root, label(ch.text))
	if len(c.docs) == before+1 && c.docs[before].Root == root {
		c.docs[before].extent = extent{from: c.base(ch), to: c.base(ch) + len(ch.text), base: c.lineBefore(ch)}
	}
}

func (c *content) document(root *Node, label string) *Document {
	meta := root.Get("metadata")
	return &Document{
		File: c.file, Index: len(c.docs), Label: label, Root: root,
		APIVersion: root.StringAt("apiVersion"), Kind: root.StringAt("kind"),
		Namespace: meta.StringAt("namespace"), Name: meta.StringAt("name"),
	}
}

// isObject reports whether a tree can be a document, and reports one that is meant as an object and lacks what makes one.
// A folder may hold any kind of YAML, so that a file is taken to be meant as an object when the user named it, or when
// it has the look of one.
func (c *content) isObject(root *Node) bool {
	if root.Kind != Map && c.named {
		c.problem(NotObject, root.Range.firstLine(), fmt.Sprintf("the document is a %s, not an object with apiVersion, kind and metadata", root.Kind))
		return false
	}
	if c.named && IsTest(c.file.Name) && !likeObject(root) {
		c.problem(HoldsTests, root.Range.firstLine(), "the file contains request tests, not configuration")
		return false
	}
	kind, version := root.StringAt("kind"), root.StringAt("apiVersion")
	if kind != "" && version != "" || !c.named && !likeObject(root) {
		return true
	}
	c.lacks(root, kind, version)
	return true
}

// likeObject reports whether a map has the look of a Kubernetes object: values for two of the fields that such objects have. (One is
// not enough: a Helm chart has an apiVersion too.)
func likeObject(root *Node) bool {
	marks := 0
	for _, key := range []string{"apiVersion", "kind", "metadata", "spec"} {
		if n := root.Get(key); n != nil && n.Kind != Null {
			marks++
		}
	}
	return marks > 1
}

// lacks reports the part of an object's type that is missing or no string.
func (c *content) lacks(root *Node, kind, version string) {
	var missing []string
	at := root.Range.firstLine()
	if len(root.Fields) > 0 {
		at = root.Fields[0].Range
	}
	for _, f := range []struct{ key, value string }{{"apiVersion", version}, {"kind", kind}} {
		if f.value != "" {
			continue
		}
		missing = append(missing, f.key)
		if old := root.field(f.key); old != nil {
			at = old.Value.Range
		}
	}
	c.problem(NoKind, at, "the object has no "+strings.Join(missing, " and no "))
}

// firstLine is the part of a range that is on its first line.
func (r Range) firstLine() Range {
	if r.EndLine > r.Line {
		r.EndLine, r.EndColumn = r.Line, r.Column+1
	}
	return r
}
