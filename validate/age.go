package validate

import "sem.example/internal/config"

// elder ends a note about the one of two documents that goes first because it is older. Files seldom say when their objects were
// created; names decide then, and in a cluster it may be the other way round. That is part of each finding for which it matters
// rather than a finding of its own.
func elder(first, second *config.Object) string {
	if first != second && first.CreationTimestamp.Equal(second.CreationTimestamp) {
		return "; neither says when it was created, so names decide here, and age in a cluster"
	}
	return ""
}
