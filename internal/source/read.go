package source

import (
	"bytes"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/parallel"
	"sem.example/internal/subprocess"
)

// Options of [Read].
type Options struct {
	FS      fs.FS     // where files are; nil for the file system of the machine
	Stdin   io.Reader // what "-" stands for; os.Stdin where it is nil. An FS has no "-"
	Library Library   // what CUE files can import
	Watch   parallel.Watch

	FollowLinks bool // from folders to files beyond them

	Edited map[string][]byte // texts to read in place of those of files, by name; a folder has those as well that are not on disk
	Cache  *Cache            // keeps what files hold, for the next reading; may be nil

	CUE  CUELimits
	pool *subprocess.Pool // evaluates CUE; nil for this process
}

// An Input is what was read.
type Input struct {
	Files     []*File     // in the order of the arguments, those of a folder by name
	Documents []*Document // in the order of the files
}

// Read reads files, folders and "-" for the standard input; no argument means the current folder. A mistake in one
// document or file never hides the others: it is among the problems, and what can be read is in the input.
func Read(inputs []string, opts Options) (*Input, []Problem) {
	in, _, problems := ReadEach(inputs, opts, func([]*Document) struct{} { return struct{}{} })
	return in, problems
}

// ReadEach is as [Read], and takes what is wanted of the documents of each file while others are still being read, so that
// trees which are not needed any more can be released (see [ReleaseTrees]) before all are there. What was taken is in the order
// of the files. Take is called from several goroutines.
func ReadEach[T any](inputs []string, opts Options, take func([]*Document) T) (*Input, []T, []Problem) {
	if len(inputs) == 0 {
		inputs = []string{"."}
	}
	if opts.CUE = opts.CUE.withDefaults(); len(opts.CUE.Program) > 0 && opts.FS == nil {
		opts.pool = subprocess.NewPool(opts.CUE.Program, subprocess.Limits{Memory: opts.CUE.Memory, Time: opts.CUE.Time})
		defer opts.pool.Close()
	}
	names, problems := opts.walk(inputs)
	jobs := bundle(names)
	opts.Cache.begin(names, opts)
	results, taken := make([][]content, len(jobs)), make([][]T, len(jobs))
	opts.Watch.Each("reading files", len(jobs), func(i int) {
		results[i], taken[i] = readOnce(jobs[i], opts, take)
	})
	opts.Cache.end()
	in := &Input{}
	for _, c := range slices.Concat(results...) {
		in.Files = append(in.Files, c.file)
		in.Documents = append(in.Documents, c.docs...)
		problems = append(problems, c.problems...)
	}
	return in, slices.Concat(taken...), distinct(problems)
}

// walk returns the files that the inputs come to.
func (o Options) walk(inputs []string) ([]input, []Problem) {
	if o.FS != nil {
		return walkFS(o.FS, inputs, holdsConfiguration)
	}
	found, problems := walk(inputs, holdsConfiguration, o.FollowLinks)
	return o.withUnsaved(found, inputs), problems
}

// withUnsaved adds the edited texts whose files are not on disk yet, in the order of the folder.
func (o Options) withUnsaved(found []input, folders []string) []input {
	have := map[string]bool{}
	for _, in := range found {
		have[in.name] = true
	}
	var unsaved []input
	for name := range o.Edited {
		within := func(folder string) bool {
			rest, err := filepath.Rel(folder, name)
			return err == nil && filepath.IsLocal(rest)
		}
		if !have[name] && holdsConfiguration(name) && !exists(name) && slices.ContainsFunc(folders, within) {
			unsaved = append(unsaved, input{name: name})
		}
	}
	if len(unsaved) > 0 {
		found = append(found, unsaved...)
		slices.SortStableFunc(found, func(a, b input) int { return strings.Compare(a.name, b.name) })
	}
	return found
}

// distinct drops problems that are told already: a file of CUE may take part in the packages of several folders.
func distinct(problems []Problem) []Problem {
	type spot struct {
		file    string
		at      Range
		message string
	}
	reported := map[spot]bool{}
	return slices.DeleteFunc(problems, func(p Problem) bool {
		s := spot{p.File.Name, p.Range, p.Message}
		again := reported[s]
		reported[s] = true
		return again
	})
}

// bundle puts the inputs into groups that are read together: the CUE files of one folder, and every other by itself.
func bundle(inputs []input) [][]input {
	var jobs [][]input
	folders := map[string]int{}
	for _, in := range inputs {
		if filepath.Ext(in.name) != ".cue" {
			jobs = append(jobs, []input{in})
			continue
		}
		folder := filepath.Dir(in.name)
		at, ok := folders[folder]
		if !ok {
			at, folders[folder] = len(jobs), len(jobs)
			jobs = append(jobs, nil)
		}
		jobs[at] = append(jobs[at], in)
	}
	return jobs
}

// read reads one file, or the CUE files of one folder.
func read(inputs []input, opts Options) []content {
	files := make([]content, len(inputs))
	for i, in := range inputs {
		files[i].open(in, opts)
	}
	if filepath.Ext(inputs[0].name) == ".cue" {
		readCUE(files, opts)
		return files
	}
	c := &files[0]
	aside := passedOver(inputs[0].name) && !c.named
	if aside && !mayHoldObject(c.file.Data) {
		return nil
	}
	if c.file.Data == nil {
		return files
	}
	if c.skipped() {
		return files
	}
	if c.parse(); len(c.docs) == 0 && len(c.problems) == 0 {
		c.reportEmpty()
	}
	if aside && !slices.ContainsFunc(c.docs, func(d *Document) bool { return d.Kind != "" && d.APIVersion != "" }) && !inUTF16(c.file.Data) {
		return nil
	}
	c.soften(inputs[0])
	return files
}

// largeForeign is the size, in bytes, from which on a file of a folder is not read that can hold no object. A small file
// costs nothing, and what is wrong with it may be worth knowing.
const largeForeign = 16 << 10

// skipped reports whether the file was only found in a folder, is large, and can hold no object: an object names its
// apiVersion. It counts as one document of another kind.
func (c *content) skipped() bool {
	if c.named || len(c.file.Data) < largeForeign || mayHoldObject(c.file.Data) || bytes.Contains(c.file.Data, []byte("kind")) {
		return false
	}
	c.docs = []*Document{c.document(&Node{Kind: Map}, "")}
	return true
}

// soften makes little of what is wrong with a file that was only found in a folder and gives no sign of holding objects,
// and of templates that a Helm chart holds beside its folder of templates.
func (c *content) soften(in input) {
	foreign := !in.named && !bytes.Contains(c.file.Data, []byte("apiVersion")) && !bytes.Contains(c.file.Data, []byte("kind:")) && !inUTF16(c.file.Data)
	for i := range c.problems {
		p := &c.problems[i]
		p.Minor = p.Minor || foreign || in.chart && p.Trouble == Template
	}
}

// open reads the bytes of an input; those of a file that is refused are nil.
func (c *content) open(in input, opts Options) {
	c.file, c.named = &File{Name: in.name}, in.named
	if in.name == "-" {
		c.file.Name = "stdin"
	}
	data, err := in.bytes(opts)
	if err != nil {
		c.refuse(err)
		return
	}
	if c.file.Data = data; data == nil {
		c.file.Data = []byte{}
	}
	c.file.once.Do(c.file.scan)
}

// reportEmpty reports that a file has no document.
func (c *content) reportEmpty() {
	message := "the file contains only comments"
	if len(bytes.TrimSpace(c.file.Data)) == 0 {
		message = "the file is empty"
	}
	c.problem(NoDocument, Range{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}, message)
}
