package subprocess

import "syscall"

// reserved is address space that Go takes without using it.
const reserved = 4 << 30

// limitAddressSpace makes the system refuse a single request for memory that is too large for the watch to see in time.
func limitAddressSpace(memory int64) {
	var now syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &now) == nil {
		now.Cur = min(uint64(memory)+reserved, now.Max)
		_ = syscall.Setrlimit(syscall.RLIMIT_AS, &now) // the watch remains
	}
}
