// Package proxyprotocol writes and reads the header by which one proxy announces the addresses of a connection to another.
package proxyprotocol

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
)

// The PROXY protocol, version 2: a signature, command and family, the length of what follows, and for a connection of a
// known family its source and destination.
// See https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt.
var signature = []byte("\r\n\r\n\x00\r\nQUIT\n")

const (
	command = 0x21 // version 2, PROXY
	tcp4    = 0x11
	tcp6    = 0x21
)

// Header announces a connection from source to destination. Both must be of one family.
func Header(source, destination netip.AddrPort) []byte {
	family := byte(tcp4)
	if destination.Addr().Is6() {
		family = tcp6
	}
	var addresses []byte
	addresses = append(addresses, source.Addr().AsSlice()...)
	addresses = append(addresses, destination.Addr().AsSlice()...)
	addresses = binary.BigEndian.AppendUint16(addresses, source.Port())
	addresses = binary.BigEndian.AppendUint16(addresses, destination.Port())

	out := append(bytes.Clone(signature), command, family)
	out = binary.BigEndian.AppendUint16(out, uint16(len(addresses)))
	return append(out, addresses...)
}

// Read takes a header of either version from the stream, if there is one, and returns the destination that it
// announces; the zero AddrPort if it announces none.
func Read(r *bufio.Reader) (destination netip.AddrPort, found bool, err error) {
	switch {
	case HasPrefix(r, string(signature)):
		destination, err = readV2(r)
		return destination, true, err
	case HasPrefix(r, "PROXY "):
		destination, err = readV1(r)
		return destination, true, err
	}
	return netip.AddrPort{}, false, nil
}

// HasPrefix reports whether a stream starts with a text. It does not wait for bytes that cannot change the answer.
func HasPrefix(r *bufio.Reader, text string) bool {
	for i := range len(text) {
		start, err := r.Peek(i + 1)
		if err != nil || start[i] != text[i] {
			return false
		}
	}
	return true
}

func readV2(r *bufio.Reader) (netip.AddrPort, error) {
	head := make([]byte, len(signature)+4)
	if _, err := io.ReadFull(r, head); err != nil {
		return netip.AddrPort{}, err
	}
	family := head[len(signature)+1]
	body := make([]byte, binary.BigEndian.Uint16(head[len(head)-2:]))
	if _, err := io.ReadFull(r, body); err != nil {
		return netip.AddrPort{}, err
	}
	size := map[byte]int{tcp4: 4, tcp6: 16}[family]
	if size == 0 || len(body) < 2*size+4 {
		return netip.AddrPort{}, nil
	}
	address, _ := netip.AddrFromSlice(body[size : 2*size])
	return netip.AddrPortFrom(address, binary.BigEndian.Uint16(body[2*size+2:])), nil
}

// readV1 reads "PROXY TCP4 10.0.0.1 10.0.0.2 4444 80\r\n".
func readV1(r *bufio.Reader) (netip.AddrPort, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return netip.AddrPort{}, err
	}
	var family, source, destination string
	var from, to uint16
	if _, err := fmt.Sscanf(line, "PROXY %s %s %s %d %d", &family, &source, &destination, &from, &to); err != nil {
		return netip.AddrPort{}, errors.New("malformed PROXY header: " + line)
	}
	address, err := netip.ParseAddr(destination)
	return netip.AddrPortFrom(address, to), err
}
