package diff

import (
	"testing"

	"sem.example/simulate"
)

// TestDiffer compares two answers to one request: whether they differ, and of which kind the change is.
func TestDiffer(t *testing.T) {
	answered := func(v simulate.Verdict, hop simulate.Hop) *simulate.Trace {
		return &simulate.Trace{Verdict: v, Hops: []simulate.Hop{hop}}
	}
	responds := func(status int) simulate.Hop { return simulate.Hop{Response: &simulate.Response{Status: status}} }
	over := func(mode string, verified bool) simulate.Hop {
		return simulate.Hop{Cluster: "outbound|443||api.example.com", TLS: &simulate.TLS{Mode: mode, OriginatedBy: "proxy", Verified: verified}}
	}
	sendsTo := func(cluster string) simulate.Hop { return simulate.Hop{Cluster: cluster} }
	split := func(some string, rest simulate.Verdict) simulate.Hop {
		return simulate.Hop{Branches: []simulate.Branch{{Share: 0.5, Cluster: some, Verdict: rest}, {Share: 0.5, Verdict: simulate.FaultAborted}}}
	}
	for name, test := range map[string]struct {
		old, new *simulate.Trace
		want     Kind // "" where they are alike
	}{
		"the same":                         {answered(simulate.Delivered, sendsTo("a")), answered(simulate.Delivered, sendsTo("a")), ""},
		"another cluster":                  {answered(simulate.Delivered, sendsTo("a")), answered(simulate.Delivered, sendsTo("b")), Moved},
		"no longer delivered":              {answered(simulate.Delivered, sendsTo("a")), answered(simulate.NoRoute, responds(404)), Broken},
		"no longer allowed":                {answered(simulate.Delivered, sendsTo("a")), answered(simulate.Denied, responds(403)), Broken},
		"delivered now":                    {answered(simulate.NoRoute, responds(404)), answered(simulate.Delivered, sendsTo("a")), Repaired},
		"allowed now":                      {answered(simulate.Denied, responds(403)), answered(simulate.Delivered, sendsTo("a")), LessSafe},
		"no longer denied, and not found":  {answered(simulate.Denied, responds(403)), answered(simulate.NoRoute, responds(404)), LessSafe},
		"denied with another status":       {answered(simulate.Denied, responds(403)), answered(simulate.Denied, responds(401)), Moved},
		"fails otherwise":                  {answered(simulate.NoRoute, responds(404)), answered(simulate.NoEndpoints, responds(503)), Moved},
		"aborted before any destination":   {answered(simulate.FaultAborted, sendsTo("a")), answered(simulate.FaultAborted, sendsTo("b")), ""},
		"half aborted":                     {answered(simulate.FaultAborted, split("a", simulate.Delivered)), answered(simulate.FaultAborted, split("b", simulate.Delivered)), Moved},
		"TLS no longer verified":           {answered(simulate.Delivered, over("SIMPLE", true)), answered(simulate.Delivered, over("SIMPLE", false)), LessSafe},
		"TLS verified now":                 {answered(simulate.Delivered, over("SIMPLE", false)), answered(simulate.Delivered, over("SIMPLE", true)), Policy},
		"another mode, and still verified": {answered(simulate.Delivered, over("SIMPLE", true)), answered(simulate.Delivered, over("MUTUAL", true)), Policy},
	} {
		t.Run(name, func(t *testing.T) {
			kind, differs := Differ(test.old, test.new)
			if kind != test.want || differs != (test.want != "") {
				t.Errorf("%q, differs: %t; want %q", kind, differs, test.want)
			}
		})
	}
}
