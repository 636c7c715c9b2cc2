package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sourcegraph/jsonrpc2"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
)

const (
	reviews = `apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
`
	toReviews = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviews, subset: v1}}]
`
	rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets: [{name: v1, labels: {version: v1}}]
`
)

// Findings follow what is typed, in other files as well, and go when a text is closed without having been saved.
func TestDiagnosticsFollowTexts(t *testing.T) {
	e := openEditor(t, map[string]string{"a/service.yaml": reviews, "a/rule.yaml": rule, "b/route.yaml": toReviews})
	e.open("a/rule.yaml", rule)
	e.untilCodes("b/route.yaml", "")
	e.retype("a/rule.yaml", strings.Replace(rule, "name: v1", "name: v2", 1))
	e.untilCodes("b/route.yaml", "SEM105")
	e.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": e.folder.uri("a/rule.yaml")}})
	e.untilCodes("b/route.yaml", "")
}

// A file that is not on disk takes part as well, and a broken one costs no other finding.
func TestUnsavedAndBroken(t *testing.T) {
	e := openEditor(t, map[string]string{"service.yaml": reviews, "rule.yaml": rule})
	e.open("route.yaml", strings.Replace(toReviews, "v1}", "v2}", 1))
	e.untilCodes("route.yaml", "SEM105")
	e.open("broken.yaml", "kind: [")
	e.untilCodes("broken.yaml", "SEM004")
	e.untilCodes("route.yaml", "SEM105")
}

// Each folder of a workspace is examined alone, with the names of its own files, and may come and go while the editor is at work.
func TestSeveralFolders(t *testing.T) {
	e := connect(t, write(t, map[string]string{
		"a/service.yaml": reviews, "a/rule.yaml": rule, "a/route.yaml": toReviews,
		"b/service.yaml": reviews, "b/rule.yaml": rule, "b/route.yaml": strings.Replace(toReviews, "v1}", "v2}", 1),
		"c/service.yaml": reviews, "c/route.yaml": toReviews, "c/rule.yaml": rule,
	}), func(string) (Config, error) { return Config{Options: pipeline.Options{}}, nil })
	root := func(name string) map[string]any { return map[string]any{"uri": e.folder.uri(name)} }
	refolder := func(added, removed []any) {
		e.notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{"added": added, "removed": removed}})
	}
	e.call("initialize", map[string]any{"workspaceFolders": []any{root("a"), root("b")}}, nil)
	e.notify("initialized", map[string]any{})
	e.until("b is alone", func(shown map[string]publishDiagnosticsParams) bool {
		return len(shown["b/route.yaml"].Diagnostics) > 0
	})
	e.untilCodes("a/route.yaml", "")

	e.open("c/rule.yaml", strings.Replace(rule, "name: v1", "name: v2", 1)) // before its folder is
	refolder([]any{root("c")}, []any{root("b")})
	e.untilCodes("b/route.yaml", "")
	e.untilCodes("c/route.yaml", "SEM105")
	e.retype("c/rule.yaml", rule)
	e.untilCodes("c/route.yaml", "")
	var to []location
	e.call("textDocument/definition", map[string]any{
		"textDocument": root("a/route.yaml"), "position": position{6, strings.Index("  - route: [{destination: {host: reviews, subset: v1}}]", "v1")},
	}, &to)
	if len(to) != 1 || to[0].URI != e.folder.uri("a/rule.yaml") {
		t.Errorf("the definition is at %v", to)
	}
}

// What two folders have, one of them within the other, is shown by the inner one.
func TestFolderWithin(t *testing.T) {
	route := strings.Replace(toReviews, "v1}", "v2}", 1)
	e := connect(t, write(t, map[string]string{"service.yaml": reviews, "rule.yaml": rule, "route.yaml": route, "in/route.yaml": strings.Replace(route, "shop", "default", 1)}),
		func(string) (Config, error) { return Config{Options: pipeline.Options{}}, nil })
	root := func(name string) []any { return []any{map[string]any{"uri": e.folder.uri(name)}} }
	refolder := func(added, removed []any) {
		e.notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{"added": added, "removed": removed}})
	}
	e.call("initialize", map[string]any{"workspaceFolders": root("")}, nil)
	e.notify("initialized", map[string]any{})
	e.open("in/route.yaml", route)
	e.untilCodes("in/route.yaml", "SEM105")
	refolder(root("in"), nil)
	e.untilCodes("in/route.yaml", "")
	e.untilCodes("route.yaml", "SEM105")
	refolder(nil, root("in"))
	e.untilCodes("in/route.yaml", "SEM105")
}

func TestDiagnostic(t *testing.T) {
	const line = `	metadata: {name: "x", namespace: "shop", annotations: {a: "😀"}}, spec: {hosts: ["reviews"], http: [{route: [{destination: {host: "reviews", subset: "v9"}}]}]}`
	e := openEditor(t, map[string]string{"service.yaml": reviews, "rule.yaml": rule, "route.cue": `package x
wrong: {
	apiVersion: "networking.istio.io/v1", kind: "VirtualService"
` + line + `
}
`})
	e.until("CUE is read", func(shown map[string]publishDiagnosticsParams) bool { return len(shown["route.cue"].Diagnostics) > 0 })
	e.mu.Lock()
	defer e.mu.Unlock()
	var got diagnostic
	for _, d := range e.shown["route.cue"].Diagnostics {
		if d.Code == "SEM105" {
			got = d
		}
	}
	if len(got.Related) == 0 || got.Related[0].Location.URI != e.folder.uri("rule.yaml") {
		t.Errorf("related: %+v", got.Related)
	}
	got.Related, got.Message = nil, ""
	at := strings.Index(line, `"v9"`) - 2 // the emoji has four bytes, and two units
	want := diagnostic{Range: textRange{position{3, at}, position{3, at + 4}}, Severity: 1, Code: "SEM105", Source: "sem"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Changes are ranges of UTF-16, applied one after the other.
func TestIncremental(t *testing.T) {
	e := openEditor(t, map[string]string{"service.yaml": reviews, "rule.yaml": rule})
	e.open("route.yaml", "# 😀 here\n"+toReviews)
	last := "  - route: [{destination: {host: reviews, subset: v1}}]"
	at := strings.Index(last, "v1}")
	e.change("route.yaml",
		contentChange{Range: &textRange{position{0, 4}, position{0, 5}}, Text: "\n#"}, // behind the emoji
		contentChange{Range: &textRange{position{8, at}, position{8, at + 2}}, Text: "v2"})
	e.untilCodes("route.yaml", "SEM105")
	e.mu.Lock()
	defer e.mu.Unlock()
	if got, want := e.shown["route.yaml"].Diagnostics[0].Range, (textRange{position{8, at}, position{8, at + 2}}); got != want {
		t.Errorf("the finding is at %v, want %v", got, want)
	}
	if v := e.shown["route.yaml"].Version; v == nil || *v != 2 {
		t.Errorf("the finding is of version %v", v)
	}
}

// What is outside the folder of the workspace is not read, whatever the editor has open.
func TestOutside(t *testing.T) {
	e := openEditor(t, map[string]string{"service.yaml": reviews, "rule.yaml": rule})
	e.open("../route.yaml", strings.Replace(toReviews, "v1}", "v2}", 1))
	e.open("last.yaml", "kind: [")
	e.untilCodes("last.yaml", "SEM004")
	e.untilCodes("../route.yaml", "")
}

// Messages that make no sense are refused, and the session goes on.
func TestBadMessages(t *testing.T) {
	e := openEditor(t, map[string]string{"service.yaml": reviews, "route.yaml": toReviews, "rule.yaml": strings.Replace(rule, "name: v1", "name: v2", 1)})
	for _, method := range []string{"textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "workspace/didChangeWatchedFiles", "$/cancelRequest", "none"} {
		for _, params := range []string{"null", "[]", "{}", `"x"`, `{"textDocument":7}`, `{"textDocument":{"uri":"file:///%zz"}}`, `{"textDocument":{"uri":"http://x/y"}}`} {
			e.notify(method, json.RawMessage(params))
		}
	}
	e.open("rule.yaml", rule)
	for _, r := range []textRange{{position{-1, -1}, position{1 << 30, 1 << 30}}, {position{5, 5}, position{1, 1}}, {position{0, 1 << 30}, position{0, -4}}} {
		e.change("rule.yaml", contentChange{Range: &r, Text: "x"})
	}
	e.retype("rule.yaml", rule)
	e.untilCodes("route.yaml", "")
	var known *jsonrpc2.Error
	if err := e.conn.Call(t.Context(), "textDocument/none", nil, nil); !errors.As(err, &known) || known.Code != jsonrpc2.CodeMethodNotFound {
		t.Errorf("an unknown request: %v", err)
	}
}

func TestLife(t *testing.T) {
	none := func(string) (Config, error) { return Config{}, nil }
	code := func(err error) int64 {
		var known *jsonrpc2.Error
		errors.As(err, &known)
		return known.Code
	}
	e := connect(t, t.TempDir(), none)
	if err := e.conn.Call(t.Context(), "shutdown", nil, nil); code(err) != codeNotInitialized {
		t.Error("before initialize:", err)
	}
	if err := e.conn.Call(t.Context(), "initialize", map[string]any{}, nil); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Error("without a folder:", err)
	}
	e.call("initialize", map[string]any{"rootUri": e.folder.uri("")}, nil)
	e.call("shutdown", nil, nil)
	if err := e.conn.Call(t.Context(), "textDocument/hover", nil, nil); code(err) != jsonrpc2.CodeInvalidRequest {
		t.Error("after shutdown:", err)
	}
	e.notify("exit", nil)
	if err := <-e.ended; err != nil {
		t.Error(err)
	}
	e = editorIn(t, t.TempDir(), none)
	e.notify("exit", nil)
	if err := <-e.ended; err == nil {
		t.Error("an exit without shutdown is no error")
	}
}

// What cannot be parsed ends the connection, and the program says why.
func TestGarbage(t *testing.T) {
	for _, text := range []string{"x", "\r\n\r\n", "Content-Length: 5\r\n\r\n{}{}{", "Content-Length: 99999999\r\n\r\n{}", "Content-Length: 2\r\n\r\n[]Content-Length: -1\r\n\r\n"} {
		here, there := net.Pipe()
		ended := make(chan error, 1)
		go func() { ended <- (&Server{}).Serve(context.Background(), there) }()
		go io.Copy(io.Discard, here)
		if _, err := io.WriteString(here, text); err != nil {
			t.Logf("%q: %v", text, err)
		}
		here.Close()
		if err := <-ended; err == nil || !strings.HasPrefix(err.Error(), "a message of the editor cannot be read: ") {
			t.Errorf("%q: error %v", text, err)
		}
	}
}

// Settings are read again when their file changes, and what is wrong with them is shown.
func TestSettings(t *testing.T) {
	dir := t.TempDir()
	var disabled atomic.Bool
	e := editorIn(t, dir, func(string) (Config, error) {
		c := Config{Options: pipeline.Options{}}
		if disabled.Load() {
			c.Validate.Policy.Disable = []string{"SEM105"}
		}
		return c, nil
	})
	e.open("service.yaml", reviews)
	e.open("rule.yaml", strings.Replace(rule, "name: v1", "name: v2", 1))
	e.open("route.yaml", toReviews)
	e.untilCodes("route.yaml", "SEM105")
	disabled.Store(true)
	e.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": e.folder.uri(".sem.yaml")}}})
	e.untilCodes("route.yaml", "")
}

func TestTags(t *testing.T) {
	have := map[string]bool{}
	for _, c := range pipeline.Checks() {
		have[c.ID] = true
		if tags := tagsOf(c); strings.Contains(c.Title, "deprecated") != (len(tags) == 1 && tags[0] == tagDeprecated) {
			t.Errorf("%s: %s: tags %v", c.ID, c.Title, tags)
		}
	}
	for _, id := range without {
		if !have[id] {
			t.Errorf("no check is called %s", id)
		}
	}
	if levels[diag.Error] != 1 {
		t.Error("an error has the severity", levels[diag.Error])
	}
}
