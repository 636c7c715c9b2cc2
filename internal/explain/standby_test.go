package explain

import (
	"testing"

	"sem.example/simulate/decision"
)

// TestStandby words an endpoint that gets every connection, beside others that get none.
func TestStandby(t *testing.T) {
	for _, test := range []struct {
		standby    decision.Standby
		only, rest string
	}{
		{decision.Standby{}, "the only endpoint of the cluster", ""},
		{decision.Standby{LowerPriority: 1}, "receives every connection", "; 1 of lower priority is on standby"},
		{decision.Standby{Unhealthy: 2}, "receives every connection", "; 2 more are not healthy"},
		{decision.Standby{Repeated: 1}, "the only endpoint of the cluster", "; 1 more has an address that is listed before, so Envoy leaves it out"},
		{decision.Standby{LowerPriority: 2, Unhealthy: 1}, "receives every connection", "; 2 of lower priority are on standby; 1 more is not healthy"},
		{decision.Standby{LowerPriority: 1, Unhealthy: 1}, "receives every connection", "; 1 of lower priority is on standby; 1 more is not healthy"},
	} {
		if got := onlyText(test.standby); got != test.only {
			t.Errorf("%+v: %q, want %q", test.standby, got, test.only)
		}
		if got := standbyText(test.standby); got != test.rest {
			t.Errorf("%+v: %q, want %q", test.standby, got, test.rest)
		}
	}
}
