// Package envoytest is what tests need beside a real Envoy (see internal/realenvoy): the executable, the end of a proxy with
// the test, and what Envoy says of resources without a call. It is not part of the program.
package envoytest

import (
	"sem.example/internal/envoy"
	"sem.example/internal/envoytest/binary"
	"sem.example/internal/realenvoy"
)

// Required returns the path of Envoy. Where there is none the test is skipped with the reason; in CI, which must have
// one, it fails.
func Required(t binary.TB) string {
	t.Helper()
	return binary.Required(t)
}

// Run starts a proxy for the length of a test.
func Run(t binary.TB, s *envoy.Snapshot, identity string) *realenvoy.Envoy {
	t.Helper()
	p, err := realenvoy.Start(t.Context(), s, realenvoy.Options{Envoy: Required(t), Dir: t.TempDir(), Identity: identity})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}
