package lsp

import (
	"context"
	"encoding/json"

	"github.com/sourcegraph/jsonrpc2"
)

// answer answers a request about the workspace.
func (s *session) answer(ctx context.Context, method string, params json.RawMessage) (any, error) {
	switch method {
	case "textDocument/hover":
		return with(ctx, params, func(ctx context.Context, p positionParams) (any, error) {
			return about(ctx, s, p.TextDocument, (*hover)(nil), func(at *snapshot, name string) *hover { return hovered(at, name, p.Position) })
		})
	case "textDocument/definition":
		return with(ctx, params, func(ctx context.Context, p positionParams) (any, error) {
			return about(ctx, s, p.TextDocument, nil, func(at *snapshot, name string) []location { return definitions(at, name, p.Position) })
		})
	case "textDocument/references":
		return with(ctx, params, func(ctx context.Context, p referenceParams) (any, error) {
			return about(ctx, s, p.TextDocument, nil, func(at *snapshot, name string) []location {
				return references(at, name, p.Position, p.Context.IncludeDeclaration)
			})
		})
	case "textDocument/codeAction":
		return with(ctx, params, func(ctx context.Context, p codeActionParams) (any, error) {
			return about(ctx, s, p.TextDocument, nil, func(at *snapshot, name string) []codeAction {
				return ofKinds(actions(at, name, p.Range, s.docs), p.Context.Only)
			})
		})
	}
	return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeMethodNotFound, Message: "unknown method " + method}
}

// about answers a question about a file of the workspace, as it is after all that was typed before. Of other files there is no answer.
func about[T any](ctx context.Context, s *session, id documentIdentifier, none T, answer func(at *snapshot, name string) T) (any, error) {
	name, ok := s.documents.folder.name(id.URI)
	if !ok {
		return none, nil
	}
	at, err := s.analyst.current(ctx)
	if err != nil || ctx.Err() != nil {
		return nil, err
	}
	return answer(at, name), nil
}
