package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"sem.example/internal/source"
	"sem.example/internal/suite"
	"sem.example/schema"
)

type object = map[string]any

// TestSchemaOfTests holds the JSON Schema of files of tests to the types of requests and traces.
func TestSchemaOfTests(t *testing.T) {
	g := schemaWriter{types: map[string]ast.Expr{}, about: map[string]string{}, enums: map[string][]string{}, defs: object{}}
	for _, dir := range traceTypes {
		if err := g.read(filepath.Join("..", "..", dir)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"Trace", "Call"} {
		g.of("simulate", ast.NewIdent(name))
	}
	out, err := indented(testSchema(g.defs))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("..", "..", "internal", "suite", "schema.json"), string(out))
}

// testSchema is the schema of a file of tests, made from those of the trace document.
func testSchema(trace object) object {
	definitions := object{
		"regex":  closed(object{"regex": about("the text fits this regular expression as a whole (RE2)", object{"type": "string"})}, "regex"),
		"absent": closed(object{"absent": about("true: the field is not set; false: it is", object{"type": "boolean"})}, "absent"),
		"text":   field(object{"type": []string{"string", "number", "boolean", "null"}}, object{"$ref": "#/definitions/regex"}),
	}
	for name, def := range trace {
		if name != "Trace" {
			definitions[name] = expected(def.(object))
		}
	}
	whole := maps.Clone(property(trace, "Hop"))
	maps.Copy(whole, property(trace, "Trace"))
	definitions["Expectation"] = members(whole)
	definitions["Request"] = requestSchema(trace)
	scalar, expectation := object{"type": []string{"string", "number", "boolean"}}, orNothing(object{"$ref": "#/definitions/Expectation"})
	follow := about("false asks the first proxy only; otherwise a request is followed to the proxies behind it", object{"type": "boolean"})
	definitions["Test"] = closed(object{
		"name":      about("what the test is called; without one, its first request", scalar),
		"skip":      about("why the test is not run", scalar),
		"follow":    follow,
		"request":   about("the request, or requests: a list makes a request of each of its items", object{"$ref": "#/definitions/Request"}),
		"expect":    about("what the trace has", expectation),
		"expectNot": about("what the trace does not have: each of its fields must not be so", expectation),
	})
	out := closed(object{
		"tests":      about("the tests", object{"type": "array", "items": object{"$ref": "#/definitions/Test"}}),
		"request":    about("what all requests of the file have in common; a test's own fields take the place of these", object{"$ref": "#/definitions/Request"}),
		"config":     about("files and folders that hold the configuration, relative to the file; without it, the folder that the file is in", oneOrMany(scalar)),
		"meshConfig": about("a file with the settings of the mesh", scalar),
		"namespace":  about("of documents that name none", scalar),
		"assume":     about("false: nothing is added to the configuration that a cluster would; or statements about workloads: sidecar:NAMESPACE/NAME, no-sidecar:NAMESPACE/NAME, ambient:NAMESPACE/NAME", oneOrMany(scalar)),
		"follow":     follow,
	}, "tests")
	out["$schema"], out["title"], out["definitions"] = "http://json-schema.org/draft-07/schema#", "Request tests of sem, in files named NAME_test.yaml", definitions
	return out
}

func property(defs object, name string) object { return defs[name].(object)["properties"].(object) }

// about describes a schema. Draft 7 reads nothing beside a reference.
func about(text string, schema object) object {
	if schema["$ref"] != nil {
		schema = object{"allOf": []any{schema}}
	}
	out := maps.Clone(schema)
	out["description"] = text
	return out
}

// closed is a map with these fields and no others.
func closed(properties object, required ...string) object {
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func orNothing(schema object) object {
	return object{"anyOf": []any{schema, object{"type": "null"}}}
}

func oneOrMany(schema object) object {
	return object{"anyOf": []any{schema, object{"type": "array", "items": schema}}}
}

// field is what any field may be expected to be, beside a value of its own type.
func field(value object, more ...any) object {
	return object{"anyOf": append([]any{value, object{"$ref": "#/definitions/absent"}}, more...)}
}

// members are fields of a trace with what they are expected to be. A key may be dotted and lead further down.
func members(properties object) object {
	out := closed(object{})
	out["patternProperties"] = object{`\.`: true}
	for name, schema := range properties {
		out["properties"].(object)[name] = expected(schema.(object))
	}
	return out
}

// expected is the schema of an expectation about a value of the trace.
func expected(value object) object {
	regex := object{"$ref": "#/definitions/regex"}
	var out object
	switch {
	case value["$ref"] != nil:
		out = object{"$ref": strings.Replace(value["$ref"].(string), "$defs", "definitions", 1)}
	case value["enum"] != nil:
		out = field(object{"enum": append(anys(value["enum"].([]string)), nil)}, regex)
	case value["type"] == "array":
		item := expected(value["items"].(object))
		out = field(object{"type": []string{"array", "null"}, "items": item}, regex,
			closed(object{"contains": about("the list has such an element, or each of these", oneOrMany(item))}, "contains"))
	case value["properties"] != nil:
		out = orNothing(field(members(value["properties"].(object))))
	case value["type"] == "object":
		out = field(object{"type": []string{"object", "null"}, "additionalProperties": expected(value["additionalProperties"].(object))})
	case value["type"] == "string":
		out = object{"$ref": "#/definitions/text"}
	default: // a number or a boolean
		kind := value["type"].(string)
		out = field(object{"type": []string{kind, "null"}}, regex)
	}
	if text, ok := value["description"].(string); ok {
		out = about(text, out)
	}
	return out
}

func anys(texts []string) []any {
	var out []any
	for _, t := range texts {
		out = append(out, t)
	}
	return out
}

// requestSchema is that of requests: the fields of a call, and those that stand for parts of one.
func requestSchema(trace object) object {
	scalar := object{"type": []string{"string", "number", "boolean", "null"}}
	properties := object{
		"from":    about("the client: NAMESPACE/NAME, NAME.NAMESPACE, deploy/NAME or NAME; short for proxy", oneOrMany(scalar)),
		"gateway": about("the gateway that the request arrives at, NAMESPACE/NAME: short for proxy", oneOrMany(scalar)),
		"host":    about("put into the URL in place of its own", oneOrMany(scalar)),
		"path":    about("put into the URL in place of its own; it bears its query", oneOrMany(scalar)),
	}
	for name, schema := range property(trace, "Call") {
		value := maps.Clone(schema.(object))
		text, _ := value["description"].(string)
		delete(value, "description")
		switch {
		case name == "headers":
			value = object{"type": "object", "additionalProperties": oneOrMany(scalar)}
		case name == "proxy":
			value = closed(property(trace, "Proxy"))
		}
		value = oneOrMany(orNothing(value))
		if text != "" {
			value = about(text, value)
		}
		properties[name] = value
	}
	return closed(properties)
}

// The schema refuses no file of tests that is read, those of examples, recipes and pages; nor does that of documents, which
// editors may lay on the same files.
func TestSchemaAcceptsTests(t *testing.T) {
	compiled := compileSchema(t, suite.Schema())
	whole, err := indented(schema.JSONSchema(schema.Kinds()...))
	if err != nil {
		t.Fatal(err)
	}
	documents := compileSchema(t, whole)
	files := filesOfTests(t)
	if len(files) < 25 {
		t.Errorf("only %d files of tests were found", len(files))
	}
	for name, text := range files {
		if _, found := suite.Read(&source.File{Name: name, Data: []byte(text)}); len(found) > 0 {
			continue
		}
		if err := compiled.Validate(yamlValue(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := documents.Validate(yamlValue(t, text)); err != nil {
			t.Errorf("%s as a document: %v", name, err)
		}
	}
}

// filesOfTests are the texts of the files of tests of examples, pages and scripts, by where they stand.
func filesOfTests(t *testing.T) map[string]string {
	t.Helper()
	out, root := map[string]string{}, filepath.Join("..", "..")
	for _, pattern := range []string{"examples/*/*_test.yaml", "testdata/script/*.txtar", "docs/*.md", "docs/cookbook/*.md"} {
		names, _ := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			switch filepath.Ext(name) {
			case ".yaml":
				out[name] = string(text)
			case ".txtar":
				for _, f := range txtar.Parse(text).Files {
					if strings.HasSuffix(f.Name, "_test.yaml") {
						out[name+"/"+f.Name] = string(f.Data)
					}
				}
			case ".md":
				for _, block := range strings.Split(string(text), "```yaml\n# ")[1:] {
					if file, rest, _ := strings.Cut(block, "\n"); strings.HasSuffix(file, "_test.yaml") {
						out[name+"/"+file], _, _ = strings.Cut(rest, "```")
					}
				}
			}
		}
	}
	return out
}

// What is wrong is refused.
func TestSchemaRefusesMistakes(t *testing.T) {
	compiled := compileSchema(t, suite.Schema())
	for _, text := range []string{
		"tests: {}",
		"test: []",
		"{tests: [], cofnig: mesh}",
		"tests: [{reqest: {url: http://a/}}]",
		"tests: [{request: {url: http://a/, metod: GET}}]",
		"tests: [{request: {proxy: {name: web, namespaces: shop}}}]",
		"tests: [{request: {port: eighty}}]",
		"tests: [{expect: {verdict: DELIVERD}}]",
		"tests: [{expect: {clsuter: a}}]",
		"tests: [{expect: {tls: {mod: SIMPLE}}}]",
		"tests: [{expect: {tls: SIMPLE}}]",
		"tests: [{expect: {endpoints: {contain: {port: 80}}}}]",
		"tests: [{expect: {status: many}}]",
		"tests: [{expectNot: {cluster: {regexp: a}}}]",
	} {
		if _, found := suite.Read(&source.File{Name: "a_test.yaml", Data: []byte(text)}); len(found) == 0 {
			t.Errorf("%s: is no mistake", text)
		}
		if compiled.Validate(yamlValue(t, text)) == nil {
			t.Errorf("%s: accepted", text)
		}
	}
}

func compileSchema(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	out, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// yamlValue reads YAML as editors do: to YAML 1.2 a key called on is a text.
func yamlValue(t *testing.T, text string) any {
	t.Helper()
	var value, out any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
