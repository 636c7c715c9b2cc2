package source

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// A Cache keeps what was read of the files of an input. The next reading of the same input with the same options reads only the files
// that have changed. The zero Cache is empty; one cache is for one reading at a time.
type Cache struct {
	mu            sync.Mutex
	earlier, next map[string]*held
	cue           []stamp // of all CUE files: one may import another
}

// A held is what files had in them that were read together, and what was taken of it.
type held struct {
	stamps []stamp
	files  []content
	taken  any
}

// A stamp tells a text from a later one of the same file.
type stamp struct {
	in       input
	edited   []byte // in place of the file; nil where the file is read
	modified time.Time
	size     int64
}

// same reports whether two stamps are of one text. Of a file that is written twice within the resolution of its clock, and to the same
// size, they do not tell.
func (s stamp) same(o stamp) bool {
	return s.in == o.in && s.size == o.size && s.modified.Equal(o.modified) && (s.edited == nil) == (o.edited == nil) && bytes.Equal(s.edited, o.edited)
}

// stampOf is the stamp of an input; it is not known for what is not a file of the machine.
func stampOf(in input, opts Options) (stamp, bool) {
	if text, ok := opts.Edited[in.name]; ok {
		return stamp{in: in, edited: append([]byte{}, text...)}, true
	}
	if opts.FS != nil || in.name == "-" || in.unpacked != nil {
		return stamp{}, false
	}
	info, err := os.Stat(in.name)
	if err != nil {
		return stamp{}, false
	}
	return stamp{in: in, modified: info.ModTime(), size: info.Size()}, true
}

// stampsOf are the stamps of several inputs; none where one is not known.
func stampsOf(inputs []input, opts Options) []stamp {
	var stamps []stamp
	for _, in := range inputs {
		s, ok := stampOf(in, opts)
		if !ok {
			return nil
		}
		stamps = append(stamps, s)
	}
	return stamps
}

// Forget drops everything: something has changed that no file of the input tells of, such as a module that CUE files import.
func (c *Cache) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.earlier, c.next = nil, nil
}

// begin starts a reading of inputs.
func (c *Cache) begin(inputs []input, opts Options) {
	if c == nil {
		return
	}
	var cue []input
	for _, in := range inputs {
		if filepath.Ext(in.name) == ".cue" {
			cue = append(cue, in)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cue, c.next = stampsOf(cue, opts), map[string]*held{}
}

// end drops what the reading did not meet.
func (c *Cache) end() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.earlier, c.next = c.next, nil
}

// known returns what files held that have not changed, and the stamps of them as they are.
func (c *Cache) known(job []input, opts Options) (*held, []stamp) {
	if c == nil {
		return nil, nil
	}
	stamps := c.cue
	if filepath.Ext(job[0].name) != ".cue" {
		stamps = stampsOf(job, opts)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.earlier[job[0].name]
	if stamps == nil || r == nil || !slices.EqualFunc(r.stamps, stamps, stamp.same) {
		return nil, stamps
	}
	if c.next != nil {
		c.next[job[0].name] = r
	}
	return r, stamps
}

// keep notes what files held.
func (c *Cache) keep(job []input, r *held) {
	if c == nil || r.stamps == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		c.next[job[0].name] = r
	}
}

// readOnce reads what has changed of a job, and takes what is wanted of it.
func readOnce[T any](job []input, opts Options, take func([]*Document) T) ([]content, []T) {
	r, stamps := opts.Cache.known(job, opts)
	if r != nil {
		return r.files, r.taken.([]T)
	}
	files := read(job, opts)
	var taken []T
	for _, c := range files {
		taken = append(taken, take(c.docs))
	}
	opts.Cache.keep(job, &held{stamps: stamps, files: files, taken: taken})
	return files, taken
}
