package schema_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sem.example/internal/source"
	"sem.example/schema"
)

// TestJSONSchema holds the JSON Schemas to their metaschema, and has each accept the right examples of the checks and the
// documents of other kinds.
func TestJSONSchema(t *testing.T) {
	all := compiled(t, schema.Kinds()...)
	for _, kind := range schema.Kinds() {
		compiled(t, kind)
	}
	for _, c := range schema.Checks() {
		if err := all.Validate(plain(t, example(t, c.Right))); err != nil {
			t.Errorf("the right example of %s: %v", c.ID, err)
		}
	}
	if err := all.Validate(map[string]any{"kind": "Service", "apiVersion": "v1", "spec": 7}); err != nil {
		t.Errorf("a document of another kind: %v", err)
	}
}

// sayable is how many of the wrong examples JSON Schema tells from the right ones. The others take computing.
const sayable = 38

// TestJSONSchemaRefuses has the JSON Schema refuse the wrong examples of the checks.
func TestJSONSchemaRefuses(t *testing.T) {
	all, refused, wrong := compiled(t, schema.Kinds()...), 0, 0
	for _, c := range schema.Checks() {
		wrong++
		if all.Validate(plain(t, example(t, c.Wrong))) != nil {
			refused++
		} else {
			t.Logf("%s %s", c.ID, c.Title)
		}
	}
	if refused < sayable {
		t.Errorf("%d of %d wrong examples are refused, fewer than %d", refused, wrong, sayable)
	}
	t.Logf("%d of %d", refused, wrong)
}

// unsayable are how many documents that CUE refuses JSON Schema lets pass, by kind: regular expressions that do not compile,
// and the like.
var unsayable = map[string]int{"AuthorizationPolicy": 0, "VirtualService": 1}

// TestJSONSchemaAgrees compares the verdict of the JSON Schema with that of the CUE on documents near the edge: it may refuse
// nothing that CUE accepts, and misses little of what CUE refuses.
func TestJSONSchemaAgrees(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{}
	for _, kind := range schema.Kinds() {
		schemas[kind] = compiled(t, kind)
	}
	missed, refused := map[string]int{}, map[string]int{}
	for _, v := range verdicts(t) {
		doc := v.parse(t)
		err, found := schemas[doc.Kind].Validate(plain(t, doc)), schema.Check(doc)
		switch {
		case len(found) == 0 && err != nil:
			t.Errorf("%s: CUE accepts it, the JSON Schema does not: %v\n%s", v.ID, err, v.Document)
		case len(found) > 0:
			refused[doc.Kind]++
			if err == nil {
				missed[doc.Kind]++
				t.Logf("%s: %s %s", v.ID, found[0].Check.ID, found[0].Message)
			}
		}
	}
	for _, kind := range schema.Kinds() {
		if missed[kind] > unsayable[kind] {
			t.Errorf("%s: of %d documents that CUE refuses %d pass, more than %d", kind, refused[kind], missed[kind], unsayable[kind])
		}
	}
}

// TestOpenAPI compiles the schemas of the OpenAPI document, each by itself.
func TestOpenAPI(t *testing.T) {
	c := jsonschema.NewCompiler()
	if err := c.AddResource("openapi.json", decoded(t, schema.OpenAPI("test", schema.Kinds()...))); err != nil {
		t.Fatal(err)
	}
	for _, kind := range schema.Kinds() {
		if _, err := c.Compile("openapi.json#/components/schemas/" + kind); err != nil {
			t.Error(err)
		}
	}
}

// compiled compiles a JSON Schema, which also holds it to its metaschema.
func compiled(t *testing.T, kinds ...string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sem.json", decoded(t, schema.JSONSchema(kinds...))); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("sem.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// decoded is a value as JSON has it.
func decoded(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func plain(t *testing.T, d *source.Document) any { return decoded(t, d.Root) }

func example(t *testing.T, text string) *source.Document {
	t.Helper()
	docs, _ := source.Parse(&source.File{Name: "example.yaml", Data: []byte(text)})
	return docs[0]
}

// TestJSONSchemaReferences looks for keywords beside a reference, which a reader of draft 7 passes over.
func TestJSONSchemaReferences(t *testing.T) {
	references := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			if _, ok := v["$ref"].(string); ok {
				if references++; len(v) > 1 {
					t.Errorf("keywords beside a reference: %v", v)
				}
			}
			for _, one := range v {
				walk(one)
			}
		}
	}
	walk(decoded(t, schema.JSONSchema(schema.Kinds()...)))
	if references == 0 {
		t.Error("there are no references")
	}
}
