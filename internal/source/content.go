package source

// content is what one file holds.
type content struct {
	file      *File
	named     bool // by the user, rather than found in a folder
	docs      []*Document
	problems  []Problem
	templated bool // known to be a template
	arena     arena
}

func (c *content) problem(t Trouble, at Range, message string) {
	c.problems = append(c.problems, Problem{Trouble: t, File: c.file, Range: at, Message: message})
}
