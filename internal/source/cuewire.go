package source

// What the process that evaluates CUE is asked, and what it answers. encoding/gob knows no pointer into what was sent before:
// a file is its number, and a node of a tree is its number in the order of the tree.

// A cueRequest asks for the CUE files of one folder.
type cueRequest struct {
	Files   []cueFile
	Library Library
	Limits  CUELimits
}

// A cueFile is a file whose text is at hand.
type cueFile struct {
	Name  string
	Data  []byte
	Named bool
}

// A cuePart is a part of an answer: which package comes next, or all that was found.
type cuePart struct {
	Next  []string // the absolute names of its files
	Done  bool
	Files []cueFound // of the request
	More  []cueFile  // files that take part in its packages, which have the numbers that follow
}

// cueFound is what one file holds.
type cueFound struct {
	Documents    []cueDocument
	Problems     []cueProblem
	Suppressions []Suppression
}

// A cueDocument is a document and the values of it that are in other files.
type cueDocument struct {
	Root      *Node
	Elsewhere []cuePlace
}

// A cuePlace says which file holds a value.
type cuePlace struct{ Node, File int }

// A cueProblem is a problem whose files are numbers; -1 is none.
type cueProblem struct {
	Problem Problem // without its files
	File    int
	Related []int
}

// cueFiles numbers files.
type cueFiles struct {
	numbers map[*File]int
	more    []cueFile
}

// number returns the number of a file, which is one of those that take part where it has none.
func (n *cueFiles) number(f *File) int {
	if f == nil {
		return -1
	}
	if _, ok := n.numbers[f]; !ok {
		n.numbers[f] = len(n.numbers)
		n.more = append(n.more, cueFile{Name: f.Name, Data: f.Data})
	}
	return n.numbers[f]
}

// pack makes an answer of what was read.
func pack(files []content) cuePart {
	numbers := cueFiles{numbers: map[*File]int{}}
	for i := range files {
		numbers.numbers[files[i].file] = i
	}
	part := cuePart{Done: true}
	for i := range files {
		c := &files[i]
		found := cueFound{Suppressions: c.file.Suppressions}
		for _, d := range c.docs {
			found.Documents = append(found.Documents, numbers.document(d))
		}
		for _, p := range c.problems {
			found.Problems = append(found.Problems, numbers.problem(p))
		}
		part.Files = append(part.Files, found)
	}
	part.More = numbers.more
	return part
}

func (n *cueFiles) document(d *Document) cueDocument {
	packed, at := cueDocument{Root: d.Root}, 0
	d.Root.each(func(node *Node) {
		if f := d.elsewhere[node]; f != nil {
			packed.Elsewhere = append(packed.Elsewhere, cuePlace{Node: at, File: n.number(f)})
		}
		at++
	})
	return packed
}

func (n *cueFiles) problem(p Problem) cueProblem {
	packed := cueProblem{Problem: p, File: n.number(p.File)}
	packed.Problem.File = nil
	packed.Problem.Related = make([]FileRange, len(p.Related))
	for i, m := range p.Related {
		packed.Related = append(packed.Related, n.number(m.File))
		packed.Problem.Related[i] = FileRange{Range: m.Range, Note: m.Note}
	}
	return packed
}

// unpack gives files what an answer says of them.
func (part cuePart) unpack(files []*content) {
	var all []*File
	for _, c := range files {
		all = append(all, c.file)
	}
	for _, more := range part.More {
		f := &File{Name: more.Name, Data: more.Data}
		f.once.Do(f.scan)
		all = append(all, f)
	}
	for i, found := range part.Files {
		c := files[i]
		c.file.Suppressions = found.Suppressions
		for _, p := range found.Problems {
			c.problems = append(c.problems, p.unpack(all))
		}
		for _, d := range found.Documents {
			doc := c.document(d.Root, "")
			doc.elsewhere = d.elsewhere(all)
			c.docs = append(c.docs, doc)
		}
	}
}

func (d cueDocument) elsewhere(files []*File) map[*Node]*File {
	places, at := map[*Node]*File{}, 0
	d.Root.each(func(node *Node) {
		if len(d.Elsewhere) > 0 && d.Elsewhere[0].Node == at {
			places[node] = files[d.Elsewhere[0].File]
			d.Elsewhere = d.Elsewhere[1:]
		}
		at++
	})
	return places
}

func (p cueProblem) unpack(files []*File) Problem {
	problem := p.Problem
	if p.File >= 0 {
		problem.File = files[p.File]
	}
	for i, f := range p.Related {
		if f >= 0 {
			problem.Related[i].File = files[f]
		}
	}
	return problem
}

// each calls f with a node and all below it, in the order of the tree.
func (n *Node) each(f func(*Node)) {
	f(n)
	for _, item := range n.Items {
		item.each(f)
	}
	for i := range n.Fields {
		n.Fields[i].Value.each(f)
	}
}
