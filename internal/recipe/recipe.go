package recipe

import (
	"bytes"
	"embed"
	"io/fs"
	"strings"
	"sync"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
)

//go:embed *.cue
var files embed.FS

// shared is the file that every recipe is evaluated with.
const shared = "shared.cue"

// A Recipe writes the documents of one purpose.
type Recipe struct {
	Name    string  // "external-http"
	Summary string  // one line, without a period
	Text    string  // what it writes, and when to use it
	Params  []Param // in the order of the file
}

// All returns the recipes by name.
func All() []*Recipe { return all() }

var all = sync.OnceValue(readAll)

func readAll() []*Recipe {
	names, err := fs.Glob(files, "*.cue")
	if err != nil {
		panic(err)
	}
	var all []*Recipe
	for _, name := range names {
		if name != shared {
			all = append(all, read(name))
		}
	}
	return all
}

// Named returns the recipe of a name, or nil.
func Named(name string) *Recipe {
	for _, r := range All() {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// read reads what a file says of its recipe. The files are part of the program, so that a mistake in one is a bug.
func read(file string) *Recipe {
	syntax, err := parser.ParseFile(file, head(mustRead(file)), parser.ParseComments)
	if err != nil {
		panic(err)
	}
	r := &Recipe{Name: strings.TrimSuffix(file, ".cue")}
	for _, decl := range syntax.Decls {
		switch decl := decl.(type) {
		case *ast.Package:
			r.Summary, r.Text, _ = strings.Cut(comment(decl), "\n\n")
		case *ast.Field:
			if label(decl) == "params" {
				r.Params = readParams(decl.Value.(*ast.StructLit))
			}
		}
	}
	return r
}

// head is a recipe as far as the end of its parameters, its first field: all that a list of recipes needs, read by every start
// of the program.
func head(data []byte) []byte {
	const end = "\n}\n"
	if i := bytes.Index(data, []byte(end)); i >= 0 {
		return data[:i+len(end)]
	}
	return data
}

func mustRead(file string) []byte {
	data, err := files.ReadFile(file)
	if err != nil {
		panic(err)
	}
	return data
}

// comment returns the text of the comment before a piece of syntax, lines kept.
func comment(n ast.Node) string {
	for _, group := range ast.Comments(n) {
		if group.Doc {
			return strings.TrimSpace(group.Text())
		}
	}
	return ""
}

func label(f *ast.Field) string {
	name, _, err := ast.LabelName(f.Label)
	if err != nil {
		panic(err)
	}
	return name
}
