package envoytest

import (
	"context"
	"errors"
	"os"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest/binary"
)

// TB is what the harness needs of a test.
type TB interface {
	Helper()
	Skip(args ...any)
	Fatal(args ...any)
	Cleanup(func())
	TempDir() string
	Context() context.Context
}

// Required returns the path of Envoy. Where there is none the test is skipped with the reason; in CI, which must have
// one, it fails.
func Required(t TB) string {
	t.Helper()
	path, err := binary.Find()
	switch {
	case err == nil:
	case errors.Is(err, binary.ErrMissing) && os.Getenv("CI") != "true":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
	return path
}

// Run starts a proxy for the length of a test.
func Run(t TB, s *envoy.Snapshot, identity string) *Proxy {
	t.Helper()
	p, err := Start(t.Context(), s, Options{Envoy: Required(t), Dir: t.TempDir(), Identity: identity})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}
