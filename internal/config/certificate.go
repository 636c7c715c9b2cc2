package config

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"time"

	"sem.example/internal/source"
)

// A Certificate is what a Secret says of a server's certificate, without the certificate.
type Certificate struct {
	Field    string    // of the chain, or of the key where that is at fault; "" without a certificate
	Fault    string    // why a proxy cannot use it; "" where it can
	NotAfter time.Time // of the server's own certificate; zero where it cannot be read
}

// readCertificate reads the certificate of a server. What is empty, as in a file without its secrets, is none.
func readCertificate(root *source.Node) Certificate {
	for _, names := range [][2]string{{"tls.crt", "tls.key"}, {"cert", "key"}} {
		chain, at := secretValue(root, names[0])
		key, keyAt := secretValue(root, names[1])
		if len(chain) == 0 || len(key) == 0 {
			continue
		}
		c := Certificate{Field: at}
		block, _ := pem.Decode(chain)
		if block == nil || block.Type != "CERTIFICATE" {
			c.Fault = names[0] + " is not a PEM certificate"
			return c
		}
		leaf, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			c.Fault = names[0] + " is malformed: " + err.Error()
			return c
		}
		c.NotAfter = leaf.NotAfter
		if _, err := tls.X509KeyPair(chain, key); err != nil {
			c.Field, c.Fault = keyAt, names[1]+" is not the key of the certificate"
		}
		return c
	}
	return Certificate{}
}

// secretValue returns a value of a Secret and its field; nil where it is empty or no text.
func secretValue(root *source.Node, key string) ([]byte, string) {
	if n := root.Get("stringData").Get(key); n != nil && n.Kind == source.String {
		return bytes.TrimSpace([]byte(n.Text)), source.Join("stringData", key)
	}
	n := root.Get("data").Get(key)
	if n == nil || n.Kind != source.String {
		return nil, ""
	}
	value, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields([]byte(n.Text)), nil)))
	if err != nil {
		return nil, "" // the API server refuses it
	}
	return bytes.TrimSpace(value), source.Join("data", key)
}
