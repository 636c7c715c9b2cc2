package source

import (
	"bytes"
	"io"
	"runtime"
	"sync"
)

// Options of [Read].
type Options struct {
	Stdin io.Reader // what "-" stands for; os.Stdin where it is nil
}

// An Input is what was read.
type Input struct {
	Files     []*File     // in the order of the arguments, those of a folder by name
	Documents []*Document // in the order of the files
}

// Read reads files, folders and "-" for the standard input; no argument means the current folder. A mistake in one
// document or file never hides the others: it is among the problems, and what can be read is in the input.
func Read(inputs []string, opts Options) (*Input, []Problem) {
	if len(inputs) == 0 {
		inputs = []string{"."}
	}
	names, problems := walk(inputs)
	results := make([]content, len(names))
	each(len(names), func(i int) { results[i] = load(names[i], opts) })
	in := &Input{}
	for i := range results {
		in.Files = append(in.Files, results[i].file)
		in.Documents = append(in.Documents, results[i].docs...)
		problems = append(problems, results[i].problems...)
	}
	return in, problems
}

// content is what one file holds.
type content struct {
	file      *File
	named     bool // by the user, rather than found in a folder
	docs      []*Document
	problems  []Problem
	templated bool // known to be a template
}

func (c *content) problem(t Trouble, at Range, message string) {
	c.problems = append(c.problems, Problem{Trouble: t, File: c.file, Range: at, Message: message})
}

// load reads one file.
func load(in input, opts Options) content {
	c := content{file: &File{Name: in.name}, named: in.named}
	if in.name == "-" {
		c.file.Name = "stdin"
	}
	var err error
	if c.file.Data, err = in.bytes(opts); err != nil {
		c.refuse(err)
		return c
	}
	if c.parse(); len(c.docs) == 0 && len(c.problems) == 0 {
		c.hollow()
	}
	return c
}

// hollow reports that a file has no document.
func (c *content) hollow() {
	message := "the file holds nothing but comments"
	if len(bytes.TrimSpace(c.file.Data)) == 0 {
		message = "the file is empty"
	}
	c.problem(NoDocument, Range{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}, message)
}

// Parse reads the documents of a file whose text is at hand. They need not be objects, and there may be none.
func Parse(f *File) ([]*Document, []Problem) {
	c := content{file: f}
	c.parse()
	return c.docs, c.problems
}

// each calls do for 0 to n-1 on all cores.
func each(n int, do func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
