package envoy

import (
	"crypto/sha256"

	"google.golang.org/protobuf/types/known/anypb"
)

// A Digest stands for a named configuration. Equal configurations have equal digests.
type Digest struct {
	name, kind string
	sum        [sha256.Size]byte
}

// DigestOf returns the digest of a configuration, such as a filter's.
func DigestOf(name string, config *anypb.Any) Digest {
	return Digest{name, config.GetTypeUrl(), sha256.Sum256(config.GetValue())}
}
