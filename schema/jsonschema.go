package schema

import (
	"slices"
	"strings"

	"sem.example/internal/source"
)

// A jsonSchema is a JSON Schema as an object; false, which no value meets, is {"not": {}}.
type jsonSchema = map[string]any

// draft is the dialect of JSON Schema that editors understand best.
const draft = "http://json-schema.org/draft-07/schema#"

// JSONSchema returns the JSON Schema of documents of the kinds, for encoding/json to write. Of one kind it is that of its
// documents; of several it leaves documents of other kinds alone, so that it can be laid on any file. It says as much as JSON
// Schema can: what it refuses the schema refuses, but not all of it, for JSON Schema cannot compute.
//
// CUE's own generator is not used: it closes structures that others extend, and knows no conditions.
func JSONSchema(kinds ...string) map[string]any {
	w := &jsonWriter{prefix: "#/definitions/", defs: map[string]any{}}
	out := jsonSchema{"$schema": draft, "title": "Istio configuration", "definitions": w.defs}
	if len(kinds) == 1 {
		out["title"] = kinds[0]
		out["allOf"] = []any{w.of(named{define("#" + kinds[0])})}
		return out
	}
	var each []any
	for _, kind := range kinds {
		group, _, _ := strings.Cut(Version(kind), "/")
		is := jsonSchema{
			"required":   []string{"apiVersion", "kind"},
			"properties": jsonSchema{"kind": jsonSchema{"const": kindNamed(kind)}, "apiVersion": jsonSchema{"pattern": "^" + strings.ReplaceAll(group, ".", `\.`) + "/"}},
		}
		each = append(each, jsonSchema{"if": is, "then": w.of(named{define("#" + kind)})})
	}
	out["allOf"] = each
	return out
}

// OpenAPI returns the definitions of kinds as the schemas of an OpenAPI 3.1 document, which are JSON Schemas.
func OpenAPI(version string, kinds ...string) map[string]any {
	w := &jsonWriter{prefix: "#/components/schemas/", defs: map[string]any{}}
	for _, kind := range kinds {
		w.of(named{define("#" + kind)})
	}
	return map[string]any{
		"openapi":    "3.1.0",
		"info":       map[string]any{"title": "Istio configuration", "version": version},
		"components": map[string]any{"schemas": w.defs},
	}
}

// A jsonWriter turns terms into JSON Schemas.
type jsonWriter struct {
	prefix string         // of references
	defs   map[string]any // the definitions that were referred to
}

// of returns the JSON Schema of a term.
func (w *jsonWriter) of(t term) jsonSchema {
	switch t := t.(type) {
	case named:
		return w.reference(t)
	case basic:
		return ofBasic(t)
	case exact:
		return jsonSchema{"const": plainValue(t)}
	case bound:
		return ofBound(t)
	case other:
		return jsonSchema{"type": "string", "not": jsonSchema{"const": string(t)}}
	case match:
		return ofMatch(t)
	case list:
		return jsonSchema{"type": "array", "items": w.of(t.item)}
	case validator:
		return ofValidator(t)
	case measured:
		return w.of(t.text)
	case conj:
		return w.all(t)
	case disj:
		return w.any(t)
	case *structure:
		return w.structure(t)
	case never:
		return refuse(t.text)
	}
	return jsonSchema{}
}

// reference refers to a definition, which is written at the first reference. What only parts of the schema use is written out.
func (w *jsonWriter) reference(t named) jsonSchema {
	name, public := strings.CutPrefix(t.name, "#")
	if !public {
		return w.of(t.compiled())
	}
	if w.defs[name] == nil {
		w.defs[name] = true // while it is written, for definitions may refer to themselves
		schema := w.of(t.compiled())
		describe(schema, t.text)
		w.defs[name] = schema
	}
	return jsonSchema{"$ref": w.prefix + name}
}

// all is the JSON Schema of a conjunction. Keywords of different parts are side by side; what clashes is put under allOf.
func (w *jsonWriter) all(parts conj) jsonSchema {
	out := jsonSchema{}
	var rest []any
	for _, part := range parts {
		s := w.of(part)
		if !joins(out, s) {
			rest = append(rest, s)
			continue
		}
		for key, value := range s {
			out[key] = value
		}
	}
	switch {
	case len(rest) == 0:
	case out["$ref"] != nil:
		out = jsonSchema{"allOf": append([]any{out}, rest...)} // beside a reference it would not count
	default:
		out["allOf"] = rest
	}
	return out
}

// joins reports whether the keywords of a schema can be beside those of another.
func joins(out, s jsonSchema) bool {
	if out["$ref"] != nil || s["$ref"] != nil && len(out) > 0 {
		return false // beside a reference other keywords may not count
	}
	for key, value := range s {
		if have, clash := out[key]; clash && (key != "type" || have != value) {
			return false
		}
	}
	return true
}

// any is the JSON Schema of a choice. Alternatives that accept nothing are there for their words.
func (w *jsonWriter) any(parts disj) jsonSchema {
	var values, rest []any
	for _, part := range parts {
		switch t := part.(type) {
		case never:
		case exact:
			values = append(values, plainValue(t))
		default:
			rest = append(rest, w.of(part))
		}
	}
	if len(values) == 1 {
		rest = append(rest, jsonSchema{"const": values[0]})
	} else if len(values) > 1 {
		rest = append(rest, jsonSchema{"enum": values})
	}
	out := jsonSchema{"anyOf": rest}
	if len(rest) == 1 {
		out = rest[0].(jsonSchema)
	}
	advise(out, firstWords(parts))
	return out
}

// structure is the JSON Schema of a map.
func (w *jsonWriter) structure(t *structure) jsonSchema {
	out := jsonSchema{"type": "object"}
	fields, required := jsonSchema{}, []string{}
	for _, f := range t.fields {
		fields[f.name] = w.field(f)
		if f.required {
			required = append(required, f.name)
		}
	}
	if len(fields) > 0 {
		out["properties"] = fields
	}
	if len(required) > 0 {
		out["required"] = required
	}
	if !t.open {
		out["additionalProperties"] = false
	}
	for _, p := range t.patterns {
		out["additionalProperties"] = w.of(p.value)
		if key := w.of(p.key); len(t.fields) == 0 && key["type"] != "string" || len(key) > 1 {
			out["propertyNames"] = key
		}
	}
	if conditions := w.guards(t); len(conditions) > 0 {
		out["allOf"] = conditions
	}
	return out
}

// guards are the conditional constraints of a map, those left out whose condition JSON Schema cannot express.
func (w *jsonWriter) guards(t *structure) []any {
	var out []any
	for _, g := range t.guards {
		holds, ok := conditions(g.when, t.meanings)
		if !ok {
			continue
		}
		then := w.structure(g.then)
		delete(then, "type")
		for _, words := range g.then.demands {
			then = refuse(words)
		}
		if len(then) > 0 {
			out = append(out, jsonSchema{"if": holds, "then": then})
		}
	}
	return out
}

// field is the JSON Schema of a field, with its description.
func (w *jsonWriter) field(f field) jsonSchema {
	out := w.of(f.term)
	text := f.text
	if f.fallback != "" {
		text = strings.TrimSpace(text + " Default: " + f.fallback + ".")
	}
	if out["$ref"] != nil && text != "" {
		out = jsonSchema{"allOf": []any{out}}
	}
	describe(out, text)
	if slices.Contains(choices(f.term), f.fallback) {
		out["default"] = f.fallback
	}
	return out
}

func describe(s jsonSchema, text string) {
	if text != "" {
		s["description"] = text
	}
}

// refuse is the schema that no value meets.
func refuse(words string) jsonSchema {
	out := jsonSchema{"not": jsonSchema{}}
	advise(out, words)
	return out
}

// advise gives a schema the words that editors show where a value does not meet it.
func advise(s jsonSchema, words string) {
	if _, text, ok := strings.Cut(words, ": "); ok && s["$ref"] == nil {
		s["errorMessage"] = text
	}
}

// plainValue is a literal for encoding/json.
func plainValue(t exact) any {
	switch t.kind {
	case source.Bool:
		return t.text == "true"
	case source.Null:
		return nil
	case source.Number:
		return jsonNumber(t.text)
	}
	return t.text
}
