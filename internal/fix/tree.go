package fix

import (
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// changed returns the tree of a document after a change; nil where the change does not fit the tree.
func changed(root *source.Node, c diag.Change) *source.Node {
	steps := source.Steps(c.At.Field)
	if len(steps) == 0 {
		return nil
	}
	return descend(root, steps, c)
}

// descend returns a copy of a value in which the change is made below it.
func descend(n *source.Node, steps []source.Step, c diag.Change) *source.Node {
	if n == nil {
		n = &source.Node{Kind: source.Map}
	}
	step, rest := steps[0], steps[1:]
	switch {
	case step.Key == "" && n.Kind == source.List && step.Index < len(n.Items):
		return inItem(n, step.Index, rest, c)
	case step.Key != "" && n.Kind == source.Map && len(rest) == 0:
		return inMap(n, step.Key, c)
	case step.Key != "" && n.Kind == source.Map:
		return below(n, step.Key, descend(n.Get(step.Key), rest, c), c.Remove)
	}
	return nil
}

func inItem(n *source.Node, i int, rest []source.Step, c diag.Change) *source.Node {
	item := c.Value
	if len(rest) > 0 {
		item = descend(n.Items[i], rest, c)
	}
	if item == nil {
		return nil
	}
	out := *n
	out.Items = slices.Clone(n.Items)
	out.Items[i] = item
	return &out
}

// below puts a value back into its map. A map that a removal leaves empty goes as well.
func below(n *source.Node, key string, value *source.Node, remove bool) *source.Node {
	switch {
	case value == nil:
		return nil
	case remove && value.Kind == source.Map && len(value.Fields) == 0:
		return n.Without(key)
	}
	return n.With(key, value)
}

// inMap makes the change at a field of a map.
func inMap(n *source.Node, key string, c diag.Change) *source.Node {
	switch {
	case c.Remove && n.Get(key) == nil, c.Key != "" && n.Get(c.Key) != nil:
		return nil
	case c.Remove:
		return n.Without(key)
	case c.Value != nil:
		n = n.With(key, c.Value)
	}
	if c.Key == "" {
		return n
	}
	out := *n
	out.Fields = slices.Clone(n.Fields)
	for i := range out.Fields {
		if out.Fields[i].Key == key {
			out.Fields[i].Key = c.Key
		}
	}
	return &out
}
