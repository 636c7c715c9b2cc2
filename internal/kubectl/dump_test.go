package kubectl

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTake collects objects of a list of the API server. A Secret is never written, whatever lists it; an item that is no
// object is passed over, and a name that could leave the folder is an error.
func TestTake(t *testing.T) {
	const service = `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "cart", "namespace": "shop"}}`
	for name, test := range map[string]struct {
		item  string
		want  []string // the files
		fails bool
	}{
		"an object":               {item: service, want: []string{"shop/services"}},
		"one of the cluster":      {item: `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}`, want: []string{clusterFolder + "/namespaces"}},
		"a Secret":                {item: `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "cart", "namespace": "shop"}}`},
		"no kind":                 {item: `{"apiVersion": "v1", "metadata": {"name": "cart", "namespace": "shop"}}`},
		"no name":                 {item: `{"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "shop"}}`},
		"no object":               {item: `null`},
		"several objects":         {item: `{"apiVersion": "v1", "kind": "List", "items": [` + service + `, ` + service + `]}`},
		"a ConfigMap of a user":   {item: `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "app", "namespace": "shop"}, "data": {"key": "value"}}`},
		"the ConfigMap of Istio":  {item: `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "istio", "namespace": "istio-system"}, "data": {"mesh": "{}"}}`, want: []string{"istio-system/configmaps"}},
		"a namespace with a path": {item: `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "cart", "namespace": "../../etc"}}`, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			c := collector{files: map[string][]object{}}
			if err := c.take(json.RawMessage(test.item)); (err != nil) != test.fails {
				t.Fatalf("error %v, want one: %t", err, test.fails)
			}
			var got []string
			for file := range c.files {
				got = append(got, file)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}
