package upstream

import "sem.example/simulate/decision"

// newStandby counts the endpoints that are not among those in use.
func newStandby(all, used []Endpoint) decision.Standby {
	var s decision.Standby
	busy := map[string]bool{}
	for i := range used {
		busy[used[i].At] = true
	}
	for i := range all {
		switch e := &all[i]; {
		case busy[e.At]:
		case e.healthy():
			s.LowerPriority++
		default:
			s.Unhealthy++
		}
	}
	return s
}
