//go:build !linux

package subprocess

// limitAddressSpace leaves it to the watch: other systems have no such limit, or do not enforce it.
func limitAddressSpace(int64) {}
