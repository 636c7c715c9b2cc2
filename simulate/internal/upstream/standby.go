package upstream

import (
	"fmt"
)

// A standby counts the endpoints of a cluster that receive nothing.
type standby struct {
	unhealthy int
	behind    int // healthy, but of a lower priority than those in use
}

// newStandby counts the endpoints that are not among those in use.
func newStandby(all, used []Endpoint) standby {
	var s standby
	busy := map[string]bool{}
	for i := range used {
		busy[used[i].At] = true
	}
	for i := range all {
		switch e := &all[i]; {
		case busy[e.At]:
		case e.healthy():
			s.behind++
		default:
			s.unhealthy++
		}
	}
	return s
}

func (s standby) words() string {
	says := ""
	if s.behind > 0 {
		says += fmt.Sprintf("; %d of lower priority %s", s.behind, plural(s.behind, "stands by", "stand by"))
	}
	if s.unhealthy > 0 {
		says += fmt.Sprintf("; %d more %s not healthy", s.unhealthy, plural(s.unhealthy, "is", "are"))
	}
	return says
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
