package schema

import (
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

// library holds the definitions of the files that were parsed so far. Files are parsed when a definition is asked for that
// none of the parsed ones has, first the one that is named like it, so that a program that meets few kinds parses few files.
var library = struct {
	sync.Mutex
	parsed map[string]*ast.File
	byName map[string]*definition
}{parsed: map[string]*ast.File{}, byName: map[string]*definition{}}

// define returns the definition of a name, which begins with # or _, or nil where no file has it.
func define(name string) *definition {
	library.Lock()
	defer library.Unlock()
	if d := library.byName[name]; d != nil {
		return d
	}
	parse(strings.ToLower(strings.TrimPrefix(name, "#")) + ".cue")
	for _, file := range fileNames() {
		if library.byName[name] != nil {
			break
		}
		parse(file)
	}
	return library.byName[name]
}

// fileNames lists the files of the schema: first those that many kinds share.
func fileNames() []string {
	names := []string{"common.cue", "metadata.cue", "selector.cue"}
	found, err := fs.Glob(module, "*.cue")
	if err != nil {
		panic(err)
	}
	return append(names, found...)
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

// all returns every file of the schema.
func all() []*ast.File {
	library.Lock()
	defer library.Unlock()
	var files []*ast.File
	seen := map[string]bool{}
	for _, name := range fileNames() {
		if parse(name); !seen[name] {
			files = append(files, library.parsed[name])
		}
		seen[name] = true
	}
	return files
}
