package schema

import (
	"testing"

	"sem.example/internal/source"
)

// Of a document that is refused, the outermost and the innermost value that does not fit are named.
func TestRefuse(t *testing.T) {
	tests := map[string]struct{ spec, field, first string }{
		"a value":                   {"{host: a, trafficPolicy: {loadBalancer: {simple: RANDOMLY}}}", "spec", "spec.trafficPolicy.loadBalancer.simple"},
		"an item":                   {"{host: a, subsets: [{name: a}, {name: 7}]}", "spec", "spec.subsets[1].name"},
		"a combination":             {"{host: a, workloadSelector: {}, trafficPolicy: {loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true}}}}", "spec", "spec.trafficPolicy.loadBalancer"},
		"a field that is not there": {"{}", "spec", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			docs, _ := source.Parse(&source.File{Data: []byte("apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a}\nspec: " + test.spec)})
			d := Refuse(docs[0])
			first := ""
			if len(d.Related) > 0 {
				first = d.Related[0].Place.Field
			}
			if d.At.Field != test.field || first != test.first {
				t.Errorf("%s, first %s; want %s, first %s", d.At.Field, first, test.field, test.first)
			}
		})
	}
}
