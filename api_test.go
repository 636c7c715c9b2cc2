package sem_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sem.example"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestAPI compares what the package exports with testdata/api.txt, to which lines are only ever added.
func TestAPI(t *testing.T) {
	got := append(declarations(t), fields(t)...)
	slices.Sort(got)
	file := filepath.Join("testdata", "api.txt")
	text, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	kept := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range kept {
		if !slices.Contains(got, line) && line != "" {
			t.Errorf("%s: %q is promised, and no longer there", file, line)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, line := range got {
		if !slices.Contains(kept, line) {
			t.Errorf("%s lacks %q: 'make golden' adds it, and then it is promised", file, line)
		}
	}
}

// declarations are the exported functions, methods, constants and types of the package.
func declarations(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, name := range []string{"sem.go", "finding.go", "render.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() {
					out = append(out, "func "+receiver(d)+d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						out = append(out, "type "+s.Name.Name)
					case *ast.ValueSpec:
						out = append(out, d.Tok.String()+" "+s.Names[0].Name)
					}
				}
			}
		}
	}
	return out
}

func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	at := d.Recv.List[0].Type
	if star, ok := at.(*ast.StarExpr); ok {
		at = star.X
	}
	return fmt.Sprint(at) + "."
}

// fields are those of every struct that can be reached from the package, with their types. None is one of internal packages.
func fields(t *testing.T) []string {
	t.Helper()
	var out []string
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(at reflect.Type) {
		if strings.Contains(at.PkgPath(), "/internal/") {
			t.Errorf("%s is of an internal package", at)
		}
		switch at.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(at.Elem())
		case reflect.Struct:
			if seen[at] {
				return
			}
			seen[at] = true
			for f := range at.Fields() {
				if f.IsExported() && f.Tag.Get("json") != "-" { // what is no part of the document is not promised
					out = append(out, fmt.Sprintf("field %s.%s %s", at.Name(), f.Name, f.Type))
					walk(f.Type)
				}
			}
		}
	}
	for _, v := range []any{sem.Options{}, sem.ValidateOptions{}, sem.TraceOptions{}, sem.RenderOptions{}, sem.Report{}, sem.Trace{}} {
		walk(reflect.TypeOf(v))
	}
	return out
}
