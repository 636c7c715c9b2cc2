package lsp

import (
	"context"
	"errors"
	"io"
	"log"

	"github.com/sourcegraph/jsonrpc2"
)

// A Server answers editors.
type Server struct {
	Version string

	// Configure says what is read of the workspace in a folder, and how it is judged. It is called with the folder that the editor names,
	// and again when a settings file has changed.
	Configure func(folder string) (Config, error)
}

// Serve answers one editor over a connection, until it leaves or the context ends. It is an error that the editor leaves an open
// workspace without having said so.
func (s *Server) Serve(ctx context.Context, over io.ReadWriteCloser) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work, begin, messages := &session{server: s}, make(chan struct{}), &frames{}
	stream := jsonrpc2.NewBufferedStream(over, messages)
	handler := handlerFunc(func(ctx context.Context, conn *jsonrpc2.Conn, r *jsonrpc2.Request) {
		<-begin
		work.Handle(ctx, conn, r)
	})
	conn := jsonrpc2.NewConn(ctx, stream, handler, jsonrpc2.SetLogger(log.New(io.Discard, "", 0)))
	work.client = conn
	close(begin)
	<-conn.DisconnectNotify()
	if err := messages.fault(); err != nil && !work.ended && ctx.Err() == nil {
		return err
	}
	if work.initialized && !work.ended && ctx.Err() == nil {
		return errors.New("the editor left without ending the session")
	}
	return nil
}

type handlerFunc func(context.Context, *jsonrpc2.Conn, *jsonrpc2.Request)

func (f handlerFunc) Handle(ctx context.Context, conn *jsonrpc2.Conn, r *jsonrpc2.Request) {
	f(ctx, conn, r)
}
