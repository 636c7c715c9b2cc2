package source

import "weak"

// An extent is where in its file the text of a document is that a fast reader can read.
type extent struct {
	from, to int
	base     int32 // lines of the file before it
}

// ReleaseTrees lets go of the trees of documents that were decoded. They are half of what a large input takes, and are asked
// for again where a place is to be told: then a tree is read from its text again, and lives until the collector comes by.
// Trees of documents that share their text with others, or take a whole parser, stay.
func ReleaseTrees(docs []*Document) {
	for _, d := range docs {
		if d.extent.to > 0 && d.Root != nil {
			d.released, d.Root = weak.Make(d.Root), nil
		}
	}
}

// Tree returns the tree of the document.
func (d *Document) Tree() *Node {
	if d.Root != nil || d.extent.to == 0 {
		return d.Root
	}
	d.File.rereading.Lock()
	defer d.File.rereading.Unlock()
	if root := d.released.Value(); root != nil {
		return root
	}
	root := fastTree(string(d.File.Data[d.extent.from:d.extent.to]), d.extent.base, &arena{})
	d.released = weak.Make(root)
	return root
}
