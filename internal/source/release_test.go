package source

import (
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A tree that was released is the same again, whether the collector took it or not.
func TestSetAside(t *testing.T) {
	f := &File{Name: "a.yaml", Data: []byte("\xef\xbb\xbf# first\napiVersion: v1\nkind: Service\nmetadata: {name: ä}\n---\napiVersion: v1\nkind: Service\nspec:\n  ports:\n  - {port: 80} # ü\n---\n" +
		"apiVersion: v1\nkind: List\nitems:\n- {kind: Pod, apiVersion: v1}\n- {kind: Pod, apiVersion: v1, spec: {a: b}}\n--- !!map\nkind: &a Tagged\napiVersion: v1\n")}
	docs, _ := Parse(f)
	var want []*Node
	for _, d := range docs {
		want = append(want, copied(d.Root))
	}
	ReleaseTrees(docs)
	released := 0
	for i, d := range docs {
		if d.Root == nil {
			released++
		}
		for range 2 {
			if diff := cmp.Diff(want[i], d.Tree()); diff != "" {
				t.Error(diff)
			}
			if got, want := d.At("kind"), want[i].field("kind").Value.Range; got != want {
				t.Errorf("kind stands at %v, want %v", got, want)
			}
			runtime.GC()
		}
	}
	if released != 2 || len(docs) != 5 {
		t.Errorf("%d of %d trees were released, want 2 of 5", released, len(docs))
	}
}

func copied(n *Node) *Node {
	c := *n
	c.Items, c.Fields = nil, nil
	for _, item := range n.Items {
		c.Items = append(c.Items, copied(item))
	}
	for _, f := range n.Fields {
		f.Value = copied(f.Value)
		c.Fields = append(c.Fields, f)
	}
	return &c
}
