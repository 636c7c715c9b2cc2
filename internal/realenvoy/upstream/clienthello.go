package upstream

import (
	"bufio"
	"encoding/binary"
)

// largestRecord is the length of the longest TLS record, its header included.
const largestRecord = 5 + 1<<14

// peekHello reads what a client offers in the first record of its TLS, and leaves the record in the stream. Go's own
// server is no help there: it refuses, before anybody may look, a server name that ends in a dot, which Envoy sends.
func peekHello(r *bufio.Reader) (said TLS) {
	header, err := r.Peek(5)
	if err != nil {
		return said
	}
	record, err := r.Peek(5 + int(binary.BigEndian.Uint16(header[3:])))
	if err != nil {
		return said
	}
	hello := cursor(record[5:])
	hello.take(4 + 2 + 32) // type and length of the message, version, random
	hello.block(1)         // session
	hello.block(2)         // cipher suites
	hello.block(1)         // compression methods
	extensions := hello.block(2)
	for len(extensions) > 0 {
		kind := binary.BigEndian.Uint16(extensions.take(2))
		body := extensions.block(2)
		switch kind {
		case 0:
			said.SNI = serverName(body)
		case 16:
			said.ALPN = protocols(body)
		}
	}
	return said
}

func serverName(body cursor) string {
	names := body.block(2)
	for len(names) > 0 {
		kind := names.take(1)
		if name := names.block(2); kind[0] == 0 {
			return string(name)
		}
	}
	return ""
}

func protocols(body cursor) []string {
	var out []string
	for list := body.block(2); len(list) > 0; {
		out = append(out, string(list.block(1)))
	}
	return out
}

// A cursor reads the length-prefixed structures of TLS from its front. What a truncated message lacks reads as zeros.
type cursor []byte

func (c *cursor) take(n int) []byte {
	if n > len(*c) {
		*c = nil
		return make([]byte, n)
	}
	out := (*c)[:n]
	*c = (*c)[n:]
	return out
}

// block takes a length of size bytes and as many bytes as it says.
func (c *cursor) block(size int) cursor {
	n := 0
	for _, b := range c.take(size) {
		n = n<<8 | int(b)
	}
	return c.take(min(n, len(*c)))
}
