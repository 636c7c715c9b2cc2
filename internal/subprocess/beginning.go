package subprocess

import "bytes"

// A Beginning keeps the first bytes of what a process writes to it, and accepts the rest.
type Beginning struct {
	Limit int  // bytes to keep
	Cut   bool // there was more

	kept bytes.Buffer // not embedded: its ReadFrom would take everything
}

// Write implements io.Writer.
func (b *Beginning) Write(p []byte) (int, error) {
	kept := p[:min(len(p), b.Limit-b.kept.Len())]
	b.Cut = b.Cut || len(kept) < len(p)
	b.kept.Write(kept)
	return len(p), nil
}

// String returns what was kept.
func (b *Beginning) String() string { return b.kept.String() }
