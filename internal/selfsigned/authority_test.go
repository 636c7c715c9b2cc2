package selfsigned_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/selfsigned"
)

func TestIssue(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "certs")
	first, err := selfsigned.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err := first.Issue("spiffe://cluster.local/ns/shop/sa/web", "web.example.com")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}

	again, err := selfsigned.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: again.Pool(), DNSName: "web.example.com"}); err != nil {
		t.Error("the authority that was opened again does not vouch for the certificate:", err)
	}
	var uris []string
	for _, u := range pair.Leaf.URIs {
		uris = append(uris, u.String())
	}
	if diff := cmp.Diff([]string{"spiffe://cluster.local/ns/shop/sa/web"}, uris); diff != "" {
		t.Errorf("URIs (-want +got):\n%s", diff)
	}
}

func TestOpenOfDamagedAuthority(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"ca.crt", "ca.key"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("no PEM"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := selfsigned.Open(dir); err == nil {
		t.Error("a damaged authority was opened")
	}
}
