package validate_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// A certificate that has expired, or that its key does not fit, is reported at the credential of the server; a good one is not.
func TestCertificates(t *testing.T) {
	crt, key := certificate(t, time.Hour)
	old, oldKey := certificate(t, -time.Hour)
	tests := map[string]struct {
		crt, key string
		want     []string
	}{
		"good":        {crt, key, nil},
		"expired":     {old, oldKey, []string{"mesh.yaml:12 SEM316"}},
		"another key": {crt, oldKey, []string{"mesh.yaml:12 SEM316"}},
		"no text":     {"", "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			mesh := fmt.Sprintf(`apiVersion: v1
kind: Secret
metadata: {name: web, namespace: edge}
type: kubernetes.io/tls
data: {tls.crt: %q, tls.key: %q}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  selector: {istio: edge}
  servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: [a.example.com], tls: {mode: SIMPLE, credentialName: web}}]
`, test.crt, test.key)
			archive := &txtar.Archive{Files: []txtar.File{{Name: "mesh.yaml", Data: []byte(mesh)}}}
			if diff := cmp.Diff(test.want, found(t, archive)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// certificate makes a certificate that ends after a duration, and its key, as a Secret holds them.
func certificate(t *testing.T, ends time.Duration) (crt, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"a.example.com"},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(ends),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	text := func(kind string, data []byte) string {
		return base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
	}
	return text("CERTIFICATE", der), text("PRIVATE KEY", secret)
}
