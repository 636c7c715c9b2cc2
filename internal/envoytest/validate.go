package envoytest

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
)

// Validate asks Envoy whether it would run a bootstrap; the error holds what Envoy says against it.
func Validate(ctx context.Context, envoy, bootstrap string) error {
	out, err := exec.CommandContext(ctx, envoy, "--mode", "validate", "--config-path", bootstrap, "--log-level", "error").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}
