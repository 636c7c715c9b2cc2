package lsp

import (
	"slices"
	"sync"
)

// A document is a text that the editor has open. It takes the place of the file.
type document struct {
	uri     string // as the editor writes it
	name    string // as seen from the folder of a workspace
	version int
	text    []byte // never changed in place
}

// documents are the open documents, of folders that are open and of others: those may be opened yet. They are safe for concurrent use.
type documents struct {
	mu   sync.Mutex
	open map[string]document // by URI
}

// set opens a document.
func (d *documents) set(id documentIdentifier, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open == nil {
		d.open = map[string]document{}
	}
	d.open[id.URI] = document{uri: id.URI, version: id.Version, text: []byte(text)}
}

// change makes changes one after the other, and reports whether the document is open.
func (d *documents) change(id documentIdentifier, changes []contentChange) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	doc, ok := d.open[id.URI]
	if !ok {
		return false
	}
	doc.text = changed(doc.text, changes)
	doc.version = id.Version
	d.open[id.URI] = doc
	return true
}

// changed is a text after changes. Its lines are found once, for an editor that replaces a word everywhere sends thousands.
func changed(text []byte, changes []contentChange) []byte {
	if len(changes) == 0 {
		return text
	}
	l := linesOf(slices.Clone(text))
	for _, c := range changes {
		if c.Range == nil {
			l = linesOf([]byte(c.Text))
			continue
		}
		start := l.offset(c.Range.Start)
		l = l.replace(start, max(start, l.offset(c.Range.End)), c.Text)
	}
	return l.text
}

// close closes a document, and reports whether it was open.
func (d *documents) close(id documentIdentifier) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.open[id.URI]
	delete(d.open, id.URI)
	return ok
}

// text returns the text of an open document.
func (d *documents) text(uri string) ([]byte, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	doc, ok := d.open[uri]
	return doc.text, ok
}

// in returns the open documents of a folder as they are now, by name.
func (d *documents) in(f folder) map[string]document {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make(map[string]document, len(d.open))
	for _, doc := range d.open {
		if name, ok := f.name(doc.uri); ok {
			doc.name = name
			all[name] = doc
		}
	}
	return all
}
