package lsp

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/sourcegraph/jsonrpc2"
)

// requests are the requests that are being answered. The zero value has none.
type requests struct {
	mu      sync.Mutex
	cancels map[jsonrpc2.ID]context.CancelFunc
}

// begin notes a request, and returns the context of its answer and what is to be called after it.
func (r *requests) begin(ctx context.Context, id jsonrpc2.ID) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancels == nil {
		r.cancels = map[jsonrpc2.ID]context.CancelFunc{}
	}
	r.cancels[id] = cancel
	return ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.cancels, id)
		cancel()
	}
}

// cancel ends the context of a request, if it is still being answered.
func (r *requests) cancel(text json.RawMessage) {
	var id jsonrpc2.ID
	if json.Unmarshal(text, &id) != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel := r.cancels[id]; cancel != nil {
		cancel()
	}
}
