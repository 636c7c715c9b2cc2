package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The documents that programs read, each with the type that it is the JSON form of.
var documents = []struct{ file, kind, title, pkg, root string }{
	{"trace.json", "Trace", "The trace document of sem trace -o json, and of each line of --batch", "decision", "Trace"},
	{"validate-report.json", "ValidateReport", "The report of sem validate -o json", "output", "reportDocument"},
	{"test-report.json", "TestReport", "The report of sem test -o json", "output", "testDocument"},
}

// traceTypes are the packages with the types of the trace document.
var traceTypes = []string{"simulate", "simulate/call", "simulate/decision"}

// TestDocumentSchemas holds the JSON Schemas under docs/schema to the types that the documents are printed from; what these
// say of a field in a comment is its description.
func TestDocumentSchemas(t *testing.T) {
	g := schemaWriter{types: map[string]ast.Expr{}, about: map[string]string{}, enums: map[string][]string{}}
	for _, dir := range append(slices.Clone(traceTypes), "internal/output", "internal/diag") {
		if err := g.read(filepath.Join("..", "..", dir)); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range documents {
		g.defs = map[string]any{}
		root := g.of(d.pkg, ast.NewIdent(d.root))
		g.fix(root, map[string]string{"apiVersion": "sem/v1", "kind": d.kind})
		doc := map[string]any{
			"$schema": "https://json-schema.org/draft/2020-12/schema", "title": d.title, "$ref": root["$ref"], "$defs": g.defs,
		}
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(doc); err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("..", "..", "docs", "schema", d.file), out.String())
	}
}

// A schemaWriter turns Go types into JSON Schema. Types are named PACKAGE.TYPE.
type schemaWriter struct {
	types map[string]ast.Expr
	about map[string]string   // what the comment of a type says
	enums map[string][]string // constants of a type
	defs  map[string]any
}

// read takes in the types and constants of a package.
func (g *schemaWriter) read(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok {
				g.declare(file.Name.Name, d)
			}
		}
	}
	return nil
}

func (g *schemaWriter) declare(pkg string, d *ast.GenDecl) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			name := pkg + "." + s.Name.Name
			g.types[name] = s.Type
			g.about[name] = comment(s.Doc, d.Doc)
		case *ast.ValueSpec:
			typ, typed := s.Type.(*ast.Ident)
			if !typed || d.Tok != token.CONST || len(s.Values) == 0 {
				continue
			}
			if lit, ok := s.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				value, _ := strconv.Unquote(lit.Value)
				g.enums[pkg+"."+typ.Name] = append(g.enums[pkg+"."+typ.Name], value)
			}
		}
	}
}

// comment is the first text that there is, on one line.
func comment(groups ...*ast.CommentGroup) string {
	for _, c := range groups {
		if text := strings.Join(strings.Fields(c.Text()), " "); text != "" {
			return text
		}
	}
	return ""
}

var basic = map[string]string{
	"string": "string", "bool": "boolean", "float64": "number", "int": "integer", "int32": "integer", "uint32": "integer",
}

// of is the schema of a type of a package.
func (g *schemaWriter) of(pkg string, t ast.Expr) map[string]any {
	switch t := t.(type) {
	case *ast.StarExpr:
		return g.of(pkg, t.X)
	case *ast.ArrayType:
		return map[string]any{"type": "array", "items": g.of(pkg, t.Elt)}
	case *ast.MapType:
		return map[string]any{"type": "object", "additionalProperties": g.of(pkg, t.Value)}
	case *ast.SelectorExpr:
		return g.of(t.X.(*ast.Ident).Name, t.Sel)
	case *ast.Ident:
		if name := basic[t.Name]; name != "" {
			return map[string]any{"type": name}
		}
		return g.named(pkg, t.Name)
	}
	panic(fmt.Sprintf("no JSON Schema for %T", t))
}

// fix sets what fields of a definition always hold.
func (g *schemaWriter) fix(ref map[string]any, values map[string]string) {
	key := strings.TrimPrefix(ref["$ref"].(string), "#/$defs/")
	properties := g.defs[key].(map[string]any)["properties"].(map[string]any)
	for name, value := range values {
		properties[name] = map[string]any{"const": value}
	}
}

// named refers to a type by its name, and defines it the first time.
func (g *schemaWriter) named(pkg, name string) map[string]any {
	full := pkg + "." + name
	if alias, ok := g.types[full].(*ast.SelectorExpr); ok {
		return g.of(pkg, alias)
	}
	key := strings.TrimSuffix(strings.ToUpper(name[:1])+name[1:], "Document")
	ref := map[string]any{"$ref": "#/$defs/" + key}
	if g.defs[key] != nil {
		return ref
	}
	def := map[string]any{}
	if text := g.about[full]; text != "" {
		def["description"] = strings.Replace(text, name, key, 1)
	}
	g.defs[key] = def // before its fields, which may lead back to it
	if fields, ok := g.types[full].(*ast.StructType); ok {
		def["type"] = "object"
		g.fields(def, pkg, fields)
		return ref
	}
	for k, v := range g.of(pkg, g.types[full]) {
		def[k] = v
	}
	if values := g.enums[full]; values != nil {
		def["enum"] = values
	}
	return ref
}

// fields describes the fields of a struct; those that are never left out are required.
func (g *schemaWriter) fields(def map[string]any, pkg string, s *ast.StructType) {
	properties, required := map[string]any{}, []string{}
	for _, f := range s.Fields.List {
		tag, _ := strconv.Unquote(f.Tag.Value)
		name, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if name == "-" {
			continue
		}
		schema := g.of(pkg, f.Type)
		if text := comment(f.Comment, f.Doc); text != "" {
			schema["description"] = text
		}
		properties[name] = schema
		if options == "" {
			required = append(required, name)
		}
	}
	def["properties"], def["required"] = properties, required
}
