package binary

import (
	"context"
	"errors"
	"os"
)

// TB is what the functions for tests need of a test.
type TB interface {
	Helper()
	Skip(args ...any)
	Fatal(args ...any)
	Cleanup(func())
	TempDir() string
	Context() context.Context
}

// Required returns the path of the newest Envoy. Where there is none the test is skipped with the reason; in CI, which must
// have one, it fails.
func Required(t TB) string {
	t.Helper()
	return RequiredVersion(t, Version)
}

// RequiredVersion is [Required] for a version of Envoy.
func RequiredVersion(t TB, version string) string {
	t.Helper()
	path, err := FindVersion(version)
	switch {
	case err == nil:
	case errors.Is(err, ErrMissing) && os.Getenv("CI") != "true":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
	return path
}
