package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/request"
	"sem.example/simulate"
)

// requestFlags describe a request: in the words of curl, as a whole curl command, or as a proxy logged it.
type requestFlags struct {
	curl      string
	accessLog string
	options   request.CurlOptions
	http2     bool
	sni       string
	alpn      string
	address   string
	source    string
	direction string
	tls       string
	principal string
	random    int
}

func (f *requestFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.curl, "curl", "", "the request as a curl `COMMAND`: 'curl -X POST -H ... URL'; other flags override it")
	flags.StringVar(&f.accessLog, "access-log", "", "the request as an access log `LINE` in Istio's default text or JSON format; '-' is standard input")
	flags.StringVarP(&f.options.Method, "request", "X", "", "`METHOD` of the request (default: GET; POST with -d and for grpc:// URLs)")
	flags.StringArrayVarP(&f.options.Headers, "header", "H", nil, "`HEADER` of the request, 'name: value'; 'name:' removes it (repeatable)")
	flags.StringArrayVarP(&f.options.Data, "data", "d", nil, "`BODY` of the request, sent as a form POST unless -X or -H are set (repeatable)")
	flags.StringArrayVar(&f.options.Resolve, "resolve", nil, "`HOST:PORT:ADDR`, the address that DNS returns to the application and the proxies; '*' is any host (repeatable)")
	flags.StringArrayVar(&f.options.ConnectTo, "connect-to", nil, "`H1:P1:H2:P2`, connect to host H2 and port P2 instead of H1 and P1; empty matches any (repeatable)")
	flags.BoolVar(&f.http2, "http2", false, "the application uses HTTP/2")
	checkedVar(flags, &f.sni, "sni", isHost, "server `NAME` (SNI) of the application's TLS (default: the URL's host)")
	flags.StringVar(&f.alpn, "alpn", "", "ALPN `PROTOCOLS` of the application's TLS, comma-separated")
	checkedVar(flags, &f.address, "dst-ip", isDialled, "`ADDRESS` that the application connects to (default: the address of the host)")
	checkedVar(flags, &f.source, "source", isIP, "`ADDRESS` of the peer, for --direction inbound and --gateway")
	checkedVar(flags, &f.direction, "direction", isOneOf("outbound", "inbound"), "`DIRECTION` through the sidecar: outbound (default) or inbound")
	checkedVar(flags, &f.tls, "tls", isOneOf("plaintext", "tls", "mtls"), "`ENCRYPTION` of the application or peer: plaintext, tls or mtls (default: by the URL)")
	checkedVar(flags, &f.principal, "principal", isSPIFFE, "SPIFFE `IDENTITY` of the peer, with --tls mtls")
	flags.IntVar(&f.random, "random", 0, "`N` from 0 to 99: choose the weighted branch for this random number (default: follow the likeliest, show all)")
	titled(cmd, "Request")
}

// call is the request: that of --curl or --access-log or of "[METHOD] URL", with what the other flags say put on it.
func (f *requestFlags) call(cmd *cobra.Command, args []string) (simulate.Call, error) {
	call, err := f.given(cmd, args)
	if err != nil {
		return call, err
	}
	options := f.options
	if len(args) > 0 {
		options.URL = args[len(args)-1]
	}
	if len(args) == 2 {
		if _, err := os.Stat(args[0]); err == nil && args[0] != strings.ToUpper(args[0]) {
			return call, fmt.Errorf("%s is a path, where the method of the request is expected: name files with -f %s", args[0], args[0])
		}
		if options.Method != "" && options.Method != args[0] {
			return call, fmt.Errorf("two methods: %s and -X %s", args[0], options.Method)
		}
		options.Method = args[0]
	}
	call.SNI, call.ALPN, call.Address = cmp.Or(f.sni, call.SNI), cmp.Or(f.alpn, call.ALPN), cmp.Or(f.address, call.Address)
	call.Source, call.Direction = cmp.Or(f.source, call.Source), cmp.Or(f.direction, call.Direction)
	call.TLS, call.Principal = cmp.Or(f.tls, call.TLS), cmp.Or(f.principal, call.Principal)
	if cmd.Flags().Changed("random") {
		if f.random < 0 || f.random > 99 {
			return call, fmt.Errorf("--random %d: give a number from 0 to 99", f.random)
		}
		call.Random = &f.random
	}
	if f.http2 {
		call.Protocol = "http2"
	}
	return options.On(call)
}

// given is the request of --curl or --access-log; a URL beside them would be a second one.
func (f *requestFlags) given(cmd *cobra.Command, args []string) (simulate.Call, error) {
	flag, text, read := "--curl", f.curl, request.Curl
	if f.accessLog != "" {
		flag, text, read = "--access-log", f.accessLog, request.AccessLog
	}
	switch {
	case text == "" && len(args) == 0:
		return simulate.Call{}, errors.New("no request: give a URL, as in 'sem trace --from default/web http://reviews/', or --curl, --access-log or --batch")
	case text == "":
		return simulate.Call{}, nil
	case len(args) > 0:
		return simulate.Call{}, fmt.Errorf("two requests: %s and %s", strings.Join(args, " "), flag)
	}
	if flag == "--access-log" && text == "-" {
		line, err := onlyLine(cmd.InOrStdin())
		if err != nil {
			return simulate.Call{}, fmt.Errorf("--access-log: %w", err)
		}
		text = line
	}
	call, err := read(text)
	if err != nil {
		return call, fmt.Errorf("%s: %w", flag, err)
	}
	return call, nil
}

// maxLine is how long a line of requests or of an access log may be, in bytes.
const maxLine = 16 << 20

// onlyLine is the one line of a text that is not empty.
func onlyLine(r io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxLine+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxLine {
		return "", fmt.Errorf("standard input is longer than a line may be (%d MiB)", maxLine>>20)
	}
	line, more, _ := strings.Cut(strings.TrimSpace(string(data)), "\n")
	if strings.TrimSpace(more) != "" {
		return "", errors.New("standard input holds several lines: give the one that is asked about, as 'grep' or 'tail -1' picks it")
	}
	return line, nil
}

// openLines reads a file, or standard input for "-", line by line.
func openLines(cmd *cobra.Command, name string) (*bufio.Scanner, func(), error) {
	r, done, err := open(cmd, name)
	if err != nil {
		return nil, nil, err
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	return lines, done, nil
}

// lineError is why lines of an input could not be read, or nil.
func lineError(name string, err error) error {
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("%s: a line is longer than %d MiB", name, maxLine>>20)
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// open opens a file, or standard input for "-". The function closes it.
func open(cmd *cobra.Command, name string) (io.Reader, func(), error) {
	if name == "-" {
		return cmd.InOrStdin(), func() {}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return f, func() { f.Close() }, nil
}

// readWhole reads a file, or standard input for "-".
func readWhole(cmd *cobra.Command, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(cmd.InOrStdin())
	}
	return os.ReadFile(name)
}
