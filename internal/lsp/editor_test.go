package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"sem.example/internal/pipeline"
)

// An editor is a client of the protocol, in a folder of its own.
type editor struct {
	t      testing.TB
	conn   *jsonrpc2.Conn
	ended  chan error
	folder folder

	mu    sync.Mutex
	shown map[string]publishDiagnosticsParams // by name
	said  []string                            // messages to the user
	heard chan struct{}                       // closed with the next notification
}

// openEditor writes files, and opens their folder.
func openEditor(t testing.TB, files map[string]string) *editor {
	t.Helper()
	return editorIn(t, write(t, files), func(string) (Config, error) { return Config{Options: pipeline.Options{}}, nil })
}

// write writes files to a new folder.
func write(t testing.TB, all ...map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, files := range all {
		for name, text := range files {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func editorIn(t testing.TB, dir string, configure func(string) (Config, error)) *editor {
	t.Helper()
	e := connect(t, dir, configure)
	var result initializeResult
	e.call("initialize", map[string]any{"rootUri": e.folder.uri("")}, &result)
	e.notify("initialized", map[string]any{})
	return e
}

// connect connects with a server, and says nothing yet.
func connect(t testing.TB, dir string, configure func(string) (Config, error)) *editor {
	t.Helper()
	t.Chdir(dir)
	here, there := net.Pipe()
	e := &editor{t: t, folder: folder{dir}, ended: make(chan error, 1), shown: map[string]publishDiagnosticsParams{}, heard: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	server := &Server{Version: "v0", Configure: configure}
	go func() { e.ended <- server.Serve(ctx, there) }()
	e.conn = jsonrpc2.NewConn(ctx, jsonrpc2.NewBufferedStream(here, jsonrpc2.VSCodeObjectCodec{}), handlerFunc(e.hear))
	t.Cleanup(func() { e.conn.Close(); cancel() })
	return e
}

func (e *editor) hear(_ context.Context, _ *jsonrpc2.Conn, r *jsonrpc2.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch r.Method {
	case "textDocument/publishDiagnostics":
		var p publishDiagnosticsParams
		if err := json.Unmarshal(*r.Params, &p); err != nil {
			e.t.Error(err)
		}
		name, _ := e.folder.name(p.URI)
		e.shown[name] = p
	default:
		e.said = append(e.said, string(*r.Params))
	}
	close(e.heard)
	e.heard = make(chan struct{})
}

// call makes a request.
func (e *editor) call(method string, params, result any) {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := e.conn.Call(ctx, method, params, result); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
}

func (e *editor) notify(method string, params any) {
	e.t.Helper()
	if err := e.conn.Notify(context.Background(), method, params); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
}

func (e *editor) open(name, text string) {
	e.t.Helper()
	e.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": e.folder.uri(name), "version": 1, "text": text}})
}

// retype replaces a text as an editor does that sends all of it.
func (e *editor) retype(name, text string) { e.change(name, contentChange{Text: text}) }

func (e *editor) change(name string, changes ...contentChange) {
	e.t.Helper()
	e.notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": e.folder.uri(name), "version": 2}, "contentChanges": changes})
}

// until waits until what the editor shows is as wanted, and reports what it is instead.
func (e *editor) until(what string, holds func(shown map[string]publishDiagnosticsParams) bool) {
	e.t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		e.mu.Lock()
		ok, heard := holds(e.shown), e.heard
		e.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-heard:
		case err := <-e.ended:
			e.t.Fatalf("%s: the server ended: %v", what, err)
		case <-timeout:
			e.mu.Lock()
			defer e.mu.Unlock()
			e.t.Fatalf("%s: the editor shows %.2000s, and was told %q", what, fmt.Sprintf("%+v", e.shown), e.said)
		}
	}
}

// untilCodes waits until a file has the findings of these checks.
func (e *editor) untilCodes(name, want string) {
	e.t.Helper()
	e.until(name+" has "+want, func(shown map[string]publishDiagnosticsParams) bool { return codesOf(shown[name]) == want })
}

// codesOf are the checks of diagnostics, in their order.
func codesOf(p publishDiagnosticsParams) string {
	var codes []string
	for _, d := range p.Diagnostics {
		codes = append(codes, d.Code)
	}
	return strings.Join(codes, " ")
}
