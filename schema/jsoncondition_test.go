package schema

import (
	"encoding/json"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"github.com/google/go-cmp/cmp"
)

// TestJSONConditions says conditions of guards in JSON Schema, hidden fields by what they mean; "" is for what it cannot say.
func TestJSONConditions(t *testing.T) {
	meanings := map[string]ast.Expr{}
	for name, text := range map[string]string{
		"_mode": `*mode | "DISABLE"`, "_ports": "*ports | []", "_secure": "*secure | false", "_open": "*open | true", "_tls": `_mode != "DISABLE"`,
	} {
		meanings[name] = parseExpr(t, text)
	}
	for condition, want := range map[string]string{
		`mode == "SIMPLE"`:           `{"properties": {"mode": {"const": "SIMPLE"}}, "required": ["mode"]}`,
		`_mode == "SIMPLE"`:          `{"properties": {"mode": {"const": "SIMPLE"}}, "required": ["mode"]}`,
		`_mode == "DISABLE"`:         `{"anyOf": [{"properties": {"mode": {"const": "DISABLE"}}, "required": ["mode"]}, {"not": {"required": ["mode"]}}]}`,
		`_mode != "SIMPLE"`:          `{"not": {"properties": {"mode": {"const": "SIMPLE"}}, "required": ["mode"]}}`,
		`mode =~ "^S"`:               `{"properties": {"mode": {"pattern": "^S"}}, "required": ["mode"]}`,
		"_secure":                    `{"properties": {"secure": {"const": true}}, "required": ["secure"]}`,
		"!_secure":                   `{"not": {"properties": {"secure": {"const": true}}, "required": ["secure"]}}`,
		"_open":                      `{"anyOf": [{"properties": {"open": {"const": true}}, "required": ["open"]}, {"not": {"required": ["open"]}}]}`,
		"_tls":                       `{"not": {"anyOf": [{"properties": {"mode": {"const": "DISABLE"}}, "required": ["mode"]}, {"not": {"required": ["mode"]}}]}}`,
		"mode != _|_":                `{"required": ["mode"]}`,
		"mode == _|_":                `{"not": {"required": ["mode"]}}`,
		"_mode == _|_":               "",
		"_unknown":                   "",
		"len(_ports) == 0":           `{"not": {"anyOf": [{"properties": {"ports": {"minItems": 1, "minLength": 1, "minProperties": 1}}, "required": ["ports"]}]}}`,
		"len(_ports) > 1":            `{"anyOf": [{"properties": {"ports": {"minItems": 2, "minLength": 2, "minProperties": 2}}, "required": ["ports"]}]}`,
		"len(_ports) > 2":            "",
		`list.Contains(_ports, "a")`: `{"properties": {"ports": {"contains": {"const": "a"}, "type": "array"}}, "required": ["ports"]}`,
		`mode == "A" && _secure`:     `{"allOf": [{"properties": {"mode": {"const": "A"}}, "required": ["mode"]}, {"properties": {"secure": {"const": true}}, "required": ["secure"]}]}`,
		`mode == "A" || _unknown`:    "",
	} {
		t.Run(condition, func(t *testing.T) {
			s, ok := conditions([]ast.Expr{parseExpr(t, condition)}, meanings)
			if ok != (want != "") {
				t.Fatalf("said: %v, want %v", ok, want != "")
			}
			if !ok {
				return
			}
			if diff := cmp.Diff(plainJSON(t, []byte(want)), plainJSON(t, marshal(t, s))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func parseExpr(t *testing.T, text string) ast.Expr {
	t.Helper()
	e, err := parser.ParseExpr("test", text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func marshal(t *testing.T, s jsonSchema) []byte {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func plainJSON(t *testing.T, data []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
