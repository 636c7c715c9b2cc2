package simulate

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/envoy"
	"sem.example/internal/source"
)

// recorded are resources with the origins of some addresses.
type recorded struct {
	envoy.Resources
	origins envoy.Origins
}

func (r recorded) OriginsOf(at envoy.Addr) []envoy.Origin { return r.origins[at] }

func TestStepsNameTheirPlaces(t *testing.T) {
	doc := &source.Document{File: &source.File{Name: "vs.yaml"}, Kind: "VirtualService", Namespace: "ns", Name: "vs", Root: &source.Node{Kind: source.Map, Fields: []source.Field{
		{Key: "spec", Value: &source.Node{Kind: source.Map, Range: source.Range{Line: 7, Column: 3}}},
	}}}
	route := envoy.Route("80", "v", 0)
	e := New(recorded{resources(t, client), envoy.Origins{
		route:                        {envoy.Of(doc, "", envoy.Defines)},
		route.Part("match"):          {envoy.Of(doc, "spec", envoy.Defines), envoy.Of(nil, "x", envoy.Overridden)},
		envoy.Cluster("server"):      {{Object: envoy.Object{Kind: "DestinationRule", Namespace: "ns", Name: "dr"}, Role: envoy.Modifies}},
		route.Part("rewrite/path"):   {envoy.Of(doc, "spec", envoy.Modifies)},
		envoy.Listener("other, too"): {envoy.Of(doc, "spec", envoy.Modifies)},
	}})
	object := Place{File: "vs.yaml", Kind: "VirtualService", Namespace: "ns", Name: "vs"}
	at := func(line, column int, field, role string) Place {
		p := object
		p.Line, p.Column, p.Field, p.Role = line, column, field, role
		return p
	}
	want := map[string][]Place{
		"route":   {at(7, 3, "spec", "defines"), {Field: "x", Role: "overridden"}, at(0, 0, "", "defines")},
		"rewrite": {at(7, 3, "spec", "modifies")},
		"cluster": {{Kind: "DestinationRule", Namespace: "ns", Name: "dr", Role: "modifies"}},
	}
	got := map[string][]Place{}
	for _, s := range e.Trace(Call{URL: "http://a/old", Address: "10.0.0.9"}).Hops[0].Steps {
		if len(s.Origins) > 0 {
			got[s.Stage] = s.Origins
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("places (-want +got):\n%s", d)
	}
}
