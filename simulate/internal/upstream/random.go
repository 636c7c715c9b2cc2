package upstream

// Chance reports whether something that befalls a share of the requests befalls this one: by the call's own random number,
// and without one as it befalls most.
func (r *Forwarder) Chance(share float64) bool {
	if n := r.Call.Random; n != nil {
		return float64(*n) < share*100
	}
	return share >= 0.5
}

// Pick is the way that the call goes: by its own random number, as Envoy spreads requests over weighted clusters in their
// order, and without one the way that most go.
func (r *Forwarder) Pick(ways []Selection) int {
	if r.Call.Random == nil {
		return heaviest(ways)
	}
	upTo := 0.0
	for i := range ways {
		if upTo += ways[i].Share; float64(*r.Call.Random) < upTo*100-1e-9 {
			return i
		}
	}
	return len(ways) - 1
}

// heaviest is the way that most go, the first of equals.
func heaviest(ways []Selection) int {
	best := 0
	for i := range ways {
		if ways[i].Share > ways[best].Share {
			best = i
		}
	}
	return best
}
