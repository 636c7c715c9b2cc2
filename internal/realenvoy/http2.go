package realenvoy

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"sem.example/internal/realenvoy/upstream"
	"sem.example/simulate"
)

// The one stream of a connection, and the largest frame that every peer accepts.
const (
	onlyStream   = 1
	largestFrame = 16 << 10
)

// http2Over makes the request by HTTP/2, frame by frame: the clients of libraries clean up, or refuse to send, the very
// headers that Envoy is to judge.
func http2Over(conn net.Conn, call simulate.Call) answer {
	framer := http2.NewFramer(conn, conn)
	framer.ReadMetaHeaders = hpack.NewDecoder(4<<10, nil)
	if err := writeStream(conn, framer, headerBlock(call)); err != nil {
		return answer{err: plainly(err)}
	}
	return readStream(framer)
}

// headerBlock encodes the headers of a call, as they are.
func headerBlock(call simulate.Call) []byte {
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	write := func(name, value string) {
		_ = encoder.WriteField(hpack.HeaderField{Name: name, Value: value}) // a buffer takes everything
	}
	authority, path := asked(call)
	method := cmp.Or(call.Method, http.MethodGet)
	write(":method", method)
	write(":authority", authority)
	if method != http.MethodConnect {
		scheme, _, _ := strings.Cut(call.URL, "://")
		write(":scheme", scheme)
		write(":path", path)
	}
	for _, name := range slices.Sorted(maps.Keys(call.Headers)) {
		if strings.EqualFold(name, "host") {
			continue
		}
		for _, value := range call.Headers[name] {
			write(strings.ToLower(name), value)
		}
	}
	if hasBody(method) && !frames(call) {
		write("content-length", "0")
	}
	return block.Bytes()
}

// hasBody reports whether servers expect the length of a body with a method.
func hasBody(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch
}

// frames reports whether a call says by itself how long its body is.
func frames(call simulate.Call) bool {
	for name := range call.Headers {
		if strings.EqualFold(name, "content-length") || strings.EqualFold(name, "transfer-encoding") {
			return true
		}
	}
	return false
}

// writeStream opens the connection and sends a request without a body.
func writeStream(conn io.Writer, framer *http2.Framer, block []byte) error {
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		return err
	}
	if err := framer.WriteSettings(); err != nil {
		return err
	}
	first := block[:min(len(block), largestFrame)]
	block = block[len(first):]
	err := framer.WriteHeaders(http2.HeadersFrameParam{StreamID: onlyStream, BlockFragment: first, EndStream: true, EndHeaders: len(block) == 0})
	for err == nil && len(block) > 0 {
		next := block[:min(len(block), largestFrame)]
		block = block[len(next):]
		err = framer.WriteContinuation(onlyStream, len(block) == 0, next)
	}
	return err
}

// readStream reads the answer, and answers what the peer asks of the connection meanwhile.
func readStream(framer *http2.Framer) answer {
	var a answer
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			a.err = plainly(err)
			return a
		}
		ended := false
		switch f := frame.(type) {
		case *http2.SettingsFrame:
			if !f.IsAck() {
				err = framer.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !f.IsAck() {
				err = framer.WritePing(true, f.Data)
			}
		case *http2.MetaHeadersFrame:
			a.take(f)
			ended = f.StreamEnded()
		case *http2.DataFrame:
			a.body += string(f.Data())
			ended = f.StreamEnded()
		case *http2.RSTStreamFrame:
			a.err, ended = fmt.Errorf("stream reset: %v", f.ErrCode), true
		}
		if err != nil {
			a.err, ended = plainly(err), true
		}
		if ended {
			return a
		}
	}
}

// take reads the headers of the answer. Those before it, of an interim response, are none of it; those after it are trailers.
func (a *answer) take(f *http2.MetaHeadersFrame) {
	status, err := strconv.Atoi(f.PseudoValue("status"))
	if err != nil || status < http.StatusOK || a.status != 0 {
		return
	}
	a.status, a.headers = status, http.Header{}
	for _, field := range f.RegularFields() {
		a.headers.Add(field.Name, field.Value)
	}
	a.exchange = a.headers.Get(upstream.ExchangeHeader)
}
