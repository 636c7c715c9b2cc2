package render_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/envoy"
	"sem.example/render"
)

func TestFilter(t *testing.T) {
	const external, reviews, v2 = "outbound|443||api.example.com", "outbound|80||reviews", "outbound|80|v2|reviews"
	tests := []struct {
		name   string
		filter render.Filter
		want   map[string][]string
	}{
		{"name", render.Filter{Name: "80"}, map[string][]string{"routes": {"80"}}},
		{"port", render.Filter{Port: 80}, map[string][]string{
			"listeners": {"0.0.0.0_80"}, "routes": {"80"}, "clusters": {reviews, v2}, "endpoints": {reviews}}},
		{"fqdn", render.Filter{FQDN: "reviews"}, map[string][]string{
			"listeners": {"0.0.0.0_80"}, "routes": {"80"}, "clusters": {reviews, v2}, "endpoints": {reviews}}},
		{"host of a default chain", render.Filter{FQDN: "api.example.com"}, map[string][]string{
			"listeners": {"0.0.0.0_80"}, "clusters": {external}}},
		{"subset", render.Filter{Subset: "v2"}, map[string][]string{
			"listeners": {"0.0.0.0_80"}, "routes": {"80"}, "clusters": {v2}}},
		{"type and subset", render.Filter{Subset: "v2", Types: []envoy.Type{envoy.Clusters}}, map[string][]string{"clusters": {v2}}},
		{"nothing", render.Filter{FQDN: "reviews.example.com"}, map[string][]string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := render.JSON(&out, sidecar(t), render.Options{Filter: test.filter}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, names(t, out.Bytes())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// names lists the resources of each type in a rendered document; types without any are left out.
func names(t *testing.T, text []byte) map[string][]string {
	t.Helper()
	var document map[string][]struct {
		Name    string `json:"name"`
		Cluster string `json:"cluster_name"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for kind, list := range document {
		for _, resource := range list {
			out[kind] = append(out[kind], resource.Name+resource.Cluster)
		}
	}
	return out
}
