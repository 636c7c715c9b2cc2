package schema

import (
	"bytes"
	"embed"
	"io/fs"
	"strings"
	"sync"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
)

// module is the CUE module that the files make up.
//
//go:embed *.cue cue.mod/module.cue
var module embed.FS

// A definition is what follows #Name: in a file.
type definition struct {
	name string
	text string // its comment
	expr ast.Expr

	once sync.Once
	term term // what expr compiles to
}

// library holds the definitions of the files that were parsed so far. A file is parsed when one of its definitions is asked
// for, so that a program that meets few kinds parses few files.
var library = struct {
	sync.Mutex
	parsed map[string]*ast.File
	byName map[string]*definition
}{parsed: map[string]*ast.File{}, byName: map[string]*definition{}}

// define returns the definition of a name, which begins with # or _, or nil where no file has it.
func define(name string) *definition {
	library.Lock()
	defer library.Unlock()
	if library.byName[name] == nil {
		parse(homes()[name])
	}
	return library.byName[name]
}

// homes says which file each definition is in. It reads only the names at the beginning of lines.
var homes = sync.OnceValue(func() map[string]string {
	files := map[string]string{}
	for _, name := range fileNames() {
		data, err := module.ReadFile(name)
		if err != nil {
			panic(err)
		}
		for line := range bytes.Lines(data) {
			if definition, _, ok := bytes.Cut(line, []byte(":")); ok && (line[0] == '#' || line[0] == '_') {
				files[string(definition)] = name
			}
		}
	}
	return files
})

// fileNames lists the files of the schema.
func fileNames() []string {
	names, err := fs.Glob(module, "*.cue")
	if err != nil {
		panic(err)
	}
	return names
}

// parse adds the definitions of a file to the library, which has to be locked. A name without a file is not an error.
func parse(name string) {
	if library.parsed[name] != nil {
		return
	}
	data, err := module.ReadFile(name)
	if err != nil {
		return
	}
	file, err := parser.ParseFile(name, data, parser.ParseComments)
	if err != nil {
		panic(err) // the files are part of the program
	}
	library.parsed[name] = file
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		if label, _, err := ast.LabelName(f.Label); err == nil {
			library.byName[label] = &definition{name: label, text: comment(f), expr: f.Value}
		}
	}
}

// comment returns the text of the comment before a field.
func comment(f *ast.Field) string {
	var lines []string
	for _, group := range ast.Comments(f) {
		if !group.Doc {
			continue
		}
		for _, c := range group.List {
			lines = append(lines, strings.TrimSpace(strings.TrimPrefix(c.Text, "//")))
		}
	}
	return strings.Join(lines, " ")
}
