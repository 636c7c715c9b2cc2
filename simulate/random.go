package simulate

// chance says whether something that befalls a share of the requests befalls this one: by the call's own random number,
// and without one as it befalls most.
func (r *run) chance(share float64) bool {
	if n := r.call.Random; n != nil {
		return float64(*n) < share*100
	}
	return share >= 0.5
}

// pick is the way that the call goes: by its own random number, as Envoy spreads requests over weighted clusters in their
// order, and without one the way that most go.
func (r *run) pick(ways []way) int {
	if r.call.Random == nil {
		return heaviest(ways)
	}
	upTo := 0.0
	for i := range ways {
		if upTo += ways[i].share; float64(*r.call.Random) < upTo*100-1e-9 {
			return i
		}
	}
	return len(ways) - 1
}

// heaviest is the way that most go, the first of equals.
func heaviest(ways []way) int {
	best := 0
	for i := range ways {
		if ways[i].share > ways[best].share {
			best = i
		}
	}
	return best
}
