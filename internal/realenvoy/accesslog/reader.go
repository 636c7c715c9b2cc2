package accesslog

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// A Reader reads the entries that Envoy appends to a file.
type Reader struct {
	Path    string
	offset  int64
	entries []Entry // since the last Forget
}

// Forget drops what was logged so far. A client's port may be used again by another connection.
func (r *Reader) Forget() error {
	err := r.read()
	r.entries = nil
	return err
}

// grace is how long after the end of a connection Envoy may still log what its filter chain did: it destroys the one
// before the other, in no certain order.
const grace = 40 * time.Millisecond

// Of returns the entries of the connection whose client is peer, once it has ended; that of its end is the last.
func (r *Reader) Of(ctx context.Context, peer string) ([]Entry, error) {
	var ended time.Time
	for {
		if _, err := r.Entries(); err != nil {
			return nil, err
		}
		out := r.connection(peer)
		if n := len(out); n > 0 && out[n-1].Kind == ConnectionEnd {
			if ended.IsZero() {
				ended = time.Now()
			}
			if n > 1 || time.Since(ended) > grace {
				return out, nil
			}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("Envoy logged no end of the connection from %s: %w", peer, ctx.Err())
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// connection returns the entries of a connection, that of its end last.
func (r *Reader) connection(peer string) []Entry {
	var out []Entry
	for _, e := range r.entries {
		if e.Peer == peer {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

func rank(e Entry) int {
	if e.Kind == ConnectionEnd {
		return 1
	}
	return 0
}

// Entries returns what was logged since the last Forget.
func (r *Reader) Entries() ([]Entry, error) {
	err := r.read()
	return r.entries, err
}

// read takes the lines that are whole.
func (r *Reader) read() error {
	f, err := os.Open(r.Path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Seek(r.offset, io.SeekStart); err != nil {
		return err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	r.offset += int64(len(whole))
	for _, line := range bytes.Split(bytes.TrimSpace(whole), []byte("\n")) {
		var e Entry
		if len(line) == 0 {
			continue
		}
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("access log: %w: %s", err, line)
		}
		if e.ResponseFlags == "-" {
			e.ResponseFlags = ""
		}
		r.entries = append(r.entries, e)
	}
	return nil
}
