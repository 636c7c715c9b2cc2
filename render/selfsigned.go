package render

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/internal/selfsigned"
)

// SelfSigned writes a self-signed one for each certificate, key, root and revocation list that a bootstrap names and this machine
// lacks. Those with a path outside the folder of certificates move into it, under their whole path, and the bootstrap
// is changed to say so. All are signed by one authority, which the folder keeps.
func SelfSigned(b *bootstrapv3.Bootstrap, o BootstrapOptions) error {
	dir := string(o.certFolder())
	authority, err := selfsigned.Open(dir)
	if err != nil {
		return err
	}
	s := signer{dir: dir, identity: o.Identity, authority: authority}
	envoy.Edit(b, func(part proto.Message) {
		switch part := part.(type) {
		case *tlsv3.TlsCertificate:
			s.keep(s.pair(part))
		case *tlsv3.CertificateValidationContext:
			s.keep(s.single(part.GetTrustedCa(), func() ([]byte, error) { return authority.PEM(), nil }))
			s.keep(s.single(part.GetCrl(), authority.Revocations))
		}
	})
	return s.err
}

type signer struct {
	dir       string
	identity  string
	authority *selfsigned.Authority
	err       error
}

func (s *signer) keep(err error) { s.err = errors.Join(s.err, err) }

// pair replaces a certificate and its key unless both are there.
func (s *signer) pair(p *tlsv3.TlsCertificate) error {
	certificate, key := p.GetCertificateChain(), p.GetPrivateKey()
	if present(certificate) && present(key) {
		return nil
	}
	adopted := s.adopt(certificate)
	if s.adopt(key) && adopted {
		return nil
	}
	chain, private, err := s.authority.Issue(s.names(certificate.GetFilename())...)
	if err != nil {
		return err
	}
	return errors.Join(write(certificate.GetFilename(), chain), write(key.GetFilename(), private))
}

// names are those of a self-signed certificate. Envoy wants the certificates of one listener to differ in theirs.
func (s *signer) names(certificate string) []string {
	if s.identity != "" && certificate == path.Join(s.dir, "default.crt") {
		return []string{s.identity}
	}
	name := strings.TrimSuffix(path.Base(certificate), path.Ext(certificate))
	return []string{name + ".self-signed.invalid"}
}

func (s *signer) single(d *corev3.DataSource, content func() ([]byte, error)) error {
	if present(d) || s.adopt(d) {
		return nil
	}
	text, err := content()
	if err != nil {
		return err
	}
	return write(d.GetFilename(), text)
}

// present reports whether a file is there; what is given inline is, and so is what is not asked for.
func present(d *corev3.DataSource) bool {
	if d.GetFilename() == "" {
		return true
	}
	_, err := os.Stat(d.GetFilename())
	return err == nil
}

// adopt moves a file into the folder of certificates and reports whether it is there already, from an earlier run.
func (s *signer) adopt(d *corev3.DataSource) bool {
	name := d.GetFilename()
	if inside, err := filepath.Rel(s.dir, name); err != nil || strings.HasPrefix(inside, "..") {
		d.Specifier = file(path.Join(s.dir, name)).Specifier
	}
	return present(d)
}

func write(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o600)
}
