package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/simulate"
)

// requestFlags describe a request in the words of curl.
type requestFlags struct {
	method    string
	headers   []string
	http2     bool
	sni       string
	alpn      string
	address   string
	source    string
	direction string
	tls       string
	principal string
}

func (f *requestFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.method, "request", "X", "", "method of the request (default GET)")
	flags.StringArrayVarP(&f.headers, "header", "H", nil, "header of the request, 'name: value' (repeatable)")
	flags.BoolVar(&f.http2, "http2", false, "the application speaks HTTP/2")
	flags.StringVar(&f.sni, "sni", "", "server name that the application's TLS asks for (default: the URL's host)")
	flags.StringVar(&f.alpn, "alpn", "", "protocols that the application's TLS offers, comma-separated")
	flags.StringVar(&f.address, "dst-ip", "", "address that the application dials (default: what the host's name stands for)")
	flags.StringVar(&f.source, "source", "", "address of the peer, for --direction inbound and --gateway")
	flags.StringVar(&f.direction, "direction", "", "outbound (default) or inbound")
	flags.StringVar(&f.tls, "tls", "", "what the application or peer speaks: plaintext, tls or mtls (default: by the URL)")
	flags.StringVar(&f.principal, "principal", "", "SPIFFE identity of the peer, with --tls mtls")
}

// call reads "[METHOD] URL" and the flags.
func (f *requestFlags) call(args []string) (simulate.Call, error) {
	call := simulate.Call{
		Method: f.method, URL: args[len(args)-1], SNI: f.sni, ALPN: f.alpn, Address: f.address,
		Source: f.source, Direction: f.direction, TLS: f.tls, Principal: f.principal,
	}
	if len(args) == 2 {
		if f.method != "" && f.method != args[0] {
			return call, fmt.Errorf("two methods: %s and -X %s", args[0], f.method)
		}
		call.Method = args[0]
	}
	if f.http2 {
		call.Protocol = "http2"
	}
	for _, h := range f.headers {
		name, value, found := strings.Cut(h, ":")
		if !found || strings.TrimSpace(name) == "" {
			return call, fmt.Errorf("-H %q is no header: write 'name: value'", h)
		}
		if call.Headers == nil {
			call.Headers = map[string][]string{}
		}
		name = strings.ToLower(strings.TrimSpace(name))
		call.Headers[name] = append(call.Headers[name], strings.TrimSpace(value))
	}
	return call, nil
}

// openLines reads a file, or standard input for "-", line by line.
func openLines(cmd *cobra.Command, name string) (*bufio.Scanner, func(), error) {
	var r io.Reader = cmd.InOrStdin()
	done := func() {}
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, nil, err
		}
		r, done = f, func() { f.Close() }
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), 16<<20)
	return lines, done, nil
}

// readWhole reads a file, or standard input for "-".
func readWhole(cmd *cobra.Command, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(cmd.InOrStdin())
	}
	return os.ReadFile(name)
}
