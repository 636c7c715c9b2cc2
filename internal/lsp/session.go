package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"sync"

	"github.com/sourcegraph/jsonrpc2"
)

// A session is one editor at work in the folders of its workspace.
type session struct {
	server *Server
	client client

	documents documents
	folders   workspaces
	docs      string // the address of the page of checks
	running   requests
	watches   bool       // the editor can tell of changed files
	place     sync.Mutex // the current folder of the process: see [workspace.inside]

	initialized, ended bool // by the goroutine that reads messages
}

// client is what the server says of itself.
type client interface {
	Notify(ctx context.Context, method string, params any, opts ...jsonrpc2.CallOption) error
	DispatchCall(ctx context.Context, method string, params any, opts ...jsonrpc2.CallOption) (jsonrpc2.Waiter, error)
}

// errCancelled is the answer to a request that the client does not wait for any more.
var errCancelled = &jsonrpc2.Error{Code: -32800, Message: "cancelled"}

// codeNotInitialized is the code of an error about a message before the first one.
const codeNotInitialized = -32002

// initialize opens the workspace.
func (s *session) initialize(ctx context.Context, p initializeParams) (any, error) {
	roots, err := rootsOf(p)
	if err != nil {
		return nil, err
	}
	s.docs = p.InitializationOptions.Docs
	s.watches = p.Capabilities.Workspace.DidChangeWatchedFiles.DynamicRegistration
	for _, root := range roots {
		if err := s.enter(ctx, root); err != nil {
			return nil, err
		}
	}
	s.initialized = true
	return initializeResult{Capabilities: capabilities(), ServerInfo: serverInfo{Name: "sem", Version: s.server.Version}}, nil
}

func capabilities() serverCapabilities {
	return serverCapabilities{
		PositionEncoding: "utf-16",
		TextDocumentSync: syncOptions{OpenClose: true, Change: incremental, Save: true},
		Hover:            true, Definition: true, References: true,
		CodeAction:     codeActionOptions{Kinds: []string{quickFix, fixAll}},
		ExecuteCommand: commandOptions{[]string{traceRule}},
		Completion:     completionOptions{TriggerCharacters: []string{" ", "\"", "/", "."}},
		Workspace:      workspaceCapabilities{workspaceFoldersCapability{Supported: true, ChangeNotifications: true}},
	}
}

// rootsOf are the folders of the workspace.
func rootsOf(p initializeParams) ([]string, error) {
	var roots []string
	for _, f := range p.WorkspaceFolders {
		if path, ok := pathOf(f.URI); ok {
			roots = append(roots, path)
		}
	}
	if path, ok := pathOf(p.RootURI); ok && len(roots) == 0 {
		roots = append(roots, path)
	}
	if len(roots) == 0 && filepath.IsAbs(p.RootPath) {
		roots = append(roots, filepath.Clean(p.RootPath))
	}
	if len(roots) == 0 {
		return nil, errors.New("sem lsp needs the folder of a workspace: open a folder, not a single file")
	}
	return roots, nil
}

// Handle takes one message. Notifications are done in their order; requests do not wait for each other.
func (s *session) Handle(ctx context.Context, conn *jsonrpc2.Conn, r *jsonrpc2.Request) {
	params := json.RawMessage("null")
	if r.Params != nil {
		params = *r.Params
	}
	switch {
	case r.Notif && r.Method == "exit":
		conn.Close()
	case r.Notif:
		s.guard(ctx, r.Method, func() { s.notified(ctx, r.Method, params) })
	case !s.initialized || s.ended:
		s.reply(ctx, conn, r, func(ctx context.Context) (any, error) { return s.outside(ctx, r.Method, params) })
	case r.Method == "shutdown":
		s.ended = true
		s.reply(ctx, conn, r, func(context.Context) (any, error) { return nil, nil })
	default:
		ctx, done := s.running.begin(ctx, r.ID)
		go func() {
			defer done()
			s.reply(ctx, conn, r, func(ctx context.Context) (any, error) { return s.answer(ctx, r.Method, params) })
		}()
	}
}

// outside answers a request before the workspace is open, or after the session has ended.
func (s *session) outside(ctx context.Context, method string, params json.RawMessage) (any, error) {
	switch {
	case s.ended:
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidRequest, Message: "the session has ended"}
	case method != "initialize":
		return nil, &jsonrpc2.Error{Code: codeNotInitialized, Message: "the first request must be initialize"}
	}
	return with(ctx, params, s.initialize)
}

// with reads the parameters of a request and answers it.
func with[P any](ctx context.Context, params json.RawMessage, answer func(context.Context, P) (any, error)) (any, error) {
	var p P
	if err := json.Unmarshal(params, &p); err != nil {
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: err.Error()}
	}
	return answer(ctx, p)
}

// reply sends the answer to a request, or the error in place of one.
func (s *session) reply(ctx context.Context, conn *jsonrpc2.Conn, r *jsonrpc2.Request, answer func(context.Context) (any, error)) {
	var result any
	err := error(&jsonrpc2.Error{Code: jsonrpc2.CodeInternalError, Message: "a fault of sem: see its log"})
	s.guard(ctx, r.Method, func() { result, err = answer(ctx) })
	var known *jsonrpc2.Error
	switch {
	case ctx.Err() != nil:
		_ = conn.ReplyWithError(ctx, r.ID, errCancelled)
	case err == nil:
		_ = conn.Reply(ctx, r.ID, result) // a client that has left does not read it
	case errors.As(err, &known):
		_ = conn.ReplyWithError(ctx, r.ID, known)
	default:
		_ = conn.ReplyWithError(ctx, r.ID, &jsonrpc2.Error{Code: jsonrpc2.CodeInternalError, Message: err.Error()})
	}
}

// guard keeps a fault of sem from ending the session; the editor's log has it.
func (s *session) guard(ctx context.Context, method string, do func()) {
	defer func() {
		if fault := recover(); fault != nil {
			_ = s.client.Notify(ctx, "window/logMessage", messageParams{messageError, fmt.Sprintf("sem: %s: %v\n%s", method, fault, debug.Stack())})
		}
	}()
	do()
}

// notified takes a notification. One that cannot be read is left alone, as there is nobody to answer.
func (s *session) notified(ctx context.Context, method string, params json.RawMessage) {
	if method == "$/cancelRequest" {
		var p cancelParams
		if json.Unmarshal(params, &p) == nil {
			s.running.cancel(p.ID)
		}
		return
	}
	if !s.initialized || s.ended {
		return
	}
	switch method {
	case "initialized":
		s.watch(ctx)
		s.folders.changed(s.folders.all()...)
	case "workspace/didChangeWorkspaceFolders":
		var p didChangeWorkspaceFoldersParams
		if json.Unmarshal(params, &p) == nil {
			s.refolder(ctx, p.Event.Added, p.Event.Removed)
		}
	case "workspace/didChangeWatchedFiles":
		var p didChangeWatchedFilesParams
		if json.Unmarshal(params, &p) == nil {
			for _, f := range p.Changes {
				s.saved(f.URI)
			}
		}
	default:
		s.typed(method, params)
	}
}

// typed takes a notification about a text that the editor has open.
func (s *session) typed(method string, params json.RawMessage) {
	switch method {
	case "textDocument/didOpen":
		var p didOpenParams
		if json.Unmarshal(params, &p) == nil {
			s.documents.set(p.TextDocument.documentIdentifier, p.TextDocument.Text)
			s.folders.changed(s.folders.with(p.TextDocument.URI)...)
		}
	case "textDocument/didChange":
		var p didChangeParams
		if json.Unmarshal(params, &p) == nil && s.documents.change(p.TextDocument, p.ContentChanges) {
			s.folders.changed(s.folders.with(p.TextDocument.URI)...)
		}
	case "textDocument/didClose":
		var p documentParams
		if json.Unmarshal(params, &p) == nil && s.documents.close(p.TextDocument) {
			s.folders.changed(s.folders.with(p.TextDocument.URI)...)
		}
	case "textDocument/didSave":
		var p documentParams
		if json.Unmarshal(params, &p) == nil {
			s.saved(p.TextDocument.URI)
		}
	}
}

// saved notes that a file on disk has changed.
func (s *session) saved(uri string) {
	path, ok := pathOf(uri)
	if !ok {
		return
	}
	for _, w := range s.folders.all() {
		w.saved(path)
		s.folders.changed(w)
	}
}

// watch asks the editor to tell of files that change on disk, if it can.
func (s *session) watch(ctx context.Context) {
	if !s.watches {
		return
	}
	var globs []fileWatcher
	for _, glob := range []string{"**/*.yaml", "**/*.yml", "**/*.json", "**/*.cue", "**/Kustomization"} {
		globs = append(globs, fileWatcher{glob})
	}
	_, _ = s.client.DispatchCall(ctx, "client/registerCapability", registrationParams{[]registration{
		{ID: "files", Method: "workspace/didChangeWatchedFiles", Options: watchOptions{globs}},
	}})
}
