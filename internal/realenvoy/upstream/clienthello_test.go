package upstream

import (
	"bufio"
	"crypto/tls"
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPeekHello(t *testing.T) {
	tests := []struct {
		name   string
		config *tls.Config
		want   TLS
	}{
		{"name and protocols", &tls.Config{ServerName: "api.example.com", NextProtos: []string{"istio", "h2"}}, TLS{SNI: "api.example.com", ALPN: []string{"istio", "h2"}}},
		{"neither", &tls.Config{InsecureSkipVerify: true}, TLS{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client, server := net.Pipe()
			defer server.Close()
			go func() {
				_ = tls.Client(client, test.config).Handshake() // nobody answers
			}()
			in := bufio.NewReaderSize(server, largestRecord)
			got := peekHello(in)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if first, err := in.ReadByte(); err != nil || first != recordHandshake {
				t.Errorf("the record was taken from the stream: %v, %v", first, err)
			}
		})
	}
}

// A hello may be cut short or nonsense; that must not end in a panic.
func FuzzPeekHello(f *testing.F) {
	f.Add([]byte("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03"))
	f.Add([]byte("\x16\x03\x01\xff\xff"))
	f.Fuzz(func(t *testing.T, record []byte) {
		client, server := net.Pipe()
		go func() {
			_, _ = client.Write(record) // the reader may be gone
			client.Close()
		}()
		peekHello(bufio.NewReaderSize(server, largestRecord))
		server.Close()
	})
}
