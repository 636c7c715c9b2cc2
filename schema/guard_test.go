package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/source"
)

// TestConditions computes conditions of guards. What CUE cannot compute is unknown, and left to CUE.
func TestConditions(t *testing.T) {
	hidden := map[string]string{"_mode": `*mode | "DISABLE"`, "_ports": "*ports | []"}
	for _, test := range []struct {
		condition, spec string
		want            value
	}{
		{"first", "first: true", truth(true)},
		{"!first", "first: true", truth(false)},
		{"first && second", "{first: true, second: false}", truth(false)},
		{"first || second", "{first: true, second: false}", truth(true)},
		{"first && text", "{first: true, text: a}", value{}},
		{"text && first", "{first: true, text: a}", value{}},
		{"first || text", "{first: true, text: a}", value{}},
		{"!text", "text: a", value{}},
		{"!first", "first: null", value{}},
		{"first", "first: null", value{kind: isNull}},
		{"first && second", "first: true", value{}},
		{`text == "a"`, "text: a", truth(true)},
		{`text != "a"`, "text: a", truth(false)},
		{`text == "true"`, "text: true", truth(false)},
		{`text =~ "^a"`, "text: ab", truth(true)},
		{`text !~ "^a"`, "text: ab", truth(false)},
		{`text =~ "^a"`, "text: 1", value{}},
		{"number > 1", "number: 2", truth(true)},
		{"number > 2", "number: 2", truth(false)},
		{"number > 1", "number: a", value{}},
		{"number != _|_", "number: 0", truth(true)},
		{"number == _|_", "other: 0", truth(true)},
		{`_mode == "DISABLE"`, "other: 0", truth(true)},
		{`_mode == "DISABLE"`, "mode: SIMPLE", truth(false)},
		{"len(_ports) == 0", "other: 0", truth(true)},
		{"len(_ports) == 0", "ports: [1]", truth(false)},
		{"len(_ports)+len(_ports) > 1", "ports: [1]", truth(true)},
		{"len(number) == 1", "number: 1", value{}},
		{"list.Contains(ports, 1)", "ports: [1, 2]", truth(true)},
		{"list.Contains(ports, 3)", "ports: [1, 2]", truth(false)},
		{`list.Contains(text, "a")`, "text: a", value{}},
		{`strings.HasPrefix(text, "a")`, "text: ab", truth(true)},
		{`strings.HasPrefix(number, "a")`, "number: 1", value{}},
		{"mode.inner == _|_", "mode: {inner: 1}", truth(false)},
		{"mode.inner == _|_", "mode: 1", truth(true)},
	} {
		t.Run(test.condition+" of "+test.spec, func(t *testing.T) {
			c := &compiler{hidden: map[string]expr{}}
			for name, text := range hidden {
				c.hidden[name] = compileExpr(t, c, text)
			}
			got := compileExpr(t, c, test.condition)(parseNode(t, test.spec))
			got.node = nil
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(value{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func compileExpr(t *testing.T, c *compiler, text string) expr {
	t.Helper()
	return c.expr(parseExpr(t, text))
}

func parseNode(t *testing.T, text string) *source.Node {
	t.Helper()
	docs, problems := source.Parse(&source.File{Name: "test.yaml", Data: []byte(text)})
	if len(problems) > 0 || len(docs) != 1 {
		t.Fatal(problems)
	}
	return docs[0].Tree()
}
