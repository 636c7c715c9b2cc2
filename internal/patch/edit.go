package patch

import (
	"slices"

	"google.golang.org/protobuf/proto"
)

// edited applies to a list a patch that adds a member, or removes or replaces some. Anchored patches name the member that
// they are about: without an anchor an INSERT_BEFORE puts its member first and an INSERT_AFTER last, and REMOVE and
// REPLACE do nothing; an anchor that the list lacks leaves the list as it is. The second result reports whether the patch
// did anything.
func edited[M proto.Message](list []M, p *Patch, anchored bool, matches func(M) bool) ([]M, bool) {
	if p.Operation == remove {
		return removed(list, anchored, matches)
	}
	if p.value == nil {
		return list, false
	}
	switch p.Operation {
	case add:
		return append(slices.Clip(list), valueAs[M](p)), true
	case insertFirst:
		return slices.Insert(slices.Clone(list), 0, valueAs[M](p)), true
	case insertBefore, insertAfter:
		return inserted(list, p, anchored, matches)
	case replace:
		i := slices.IndexFunc(list, matches)
		if !anchored || i < 0 {
			return list, false
		}
		list = slices.Clone(list)
		list[i] = valueAs[M](p)
		return list, true
	}
	return list, false
}

func inserted[M proto.Message](list []M, p *Patch, anchored bool, matches func(M) bool) ([]M, bool) {
	at := 0
	switch {
	case anchored:
		at = slices.IndexFunc(list, matches)
		if at < 0 {
			return list, false
		}
		if p.Operation == insertAfter {
			at++
		}
	case p.Operation == insertAfter:
		at = len(list)
	}
	return slices.Insert(slices.Clone(list), at, valueAs[M](p)), true
}

func removed[M proto.Message](list []M, anchored bool, matches func(M) bool) ([]M, bool) {
	if !anchored || !slices.ContainsFunc(list, matches) {
		return list, false
	}
	return slices.DeleteFunc(slices.Clone(list), matches), true
}
