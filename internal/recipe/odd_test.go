package recipe_test

import (
	"fmt"
	"maps"
	"testing"

	"sem.example/internal/recipe"
)

// odd are values at the borders of what parameters may be, by their types. Either a recipe refuses one, or what it writes for
// it is as good as ever.
var odd = map[string][]string{
	"host":       {"API.Example.COM", "localhost", "a.b.c.d.e.f.example.com", "xn--bcher-kva.example", "1and1.example.com", "example.com.", "8.8.8.8", "a_b.example.com", "*.example.com", "svc.ns.svc.cluster.local"},
	"wildcard":   {"*.Example.com", "*.com", "*", "a.example.com", "*.a.b.c.example.com", "*-x.example.com"},
	"outside":    {"API.Example.COM", "localhost", "a.b.c.d.e.f.example.com", "xn--bcher-kva.example", "1and1.example.com", "example.com.", "8.8.8.8", "svc.ns.svc.cluster.local"},
	"part":       {"a.b", "x", "UPPER", "a-1", "0"},
	"plainport":  {"1", "65535", "443", "15001", "8443"},
	"service":    {"Reviews", "r", "reviews-v1-2", "reviews.shop", "1st", "-a"},
	"name":       {"a.b", "x", "UPPER", "a-1", "0"},
	"label":      {"V1", "v1.2", "1", "v_1", ""},
	"namespace":  {"shop-1", "Shop", "a.b", ""},
	"port":       {"1", "65535", "0", "443", "15001", "08080", "1e3", "-1", "80.0"},
	"share":      {"1", "99", "33", "0", "100", "0.5"},
	"percentage": {"1", "100", "33", "0", "101"},
	"status":     {"400", "599", "200", "600"},
	"duration":   {"1ms", "1h30m", "0s", "5", "1us"},
	"header":     {"x", "X-Upper", "end-user", "host", "a b"},
	"text":       {"yes", "a b", `"quoted"`, "no: {yaml}", "ü", "true", "12", "a,b", "#"},
	"visible":    {"yes", "a b", "a  b", "ü", "true", "12", "#"},
	"proxyname":  {"a.b", "x", "UPPER", "a-1", "0"},
	"folder":     {"/", "/a", "/a/", "a", "/with space/x"},
	"prefix":     {"/a", "/", "/a/", "a", "/a.b/c-d", "/a/../b", "/a//b", "/a%20b", "/a?b"},
	"path":       {"/", "/a/", "/a.html", "a", "/a//b", "/a?b=c", "/./a"},
	"selector":   {"istio=ingressgateway", "a.b/c=d", "istio", "=x", "a=", "istio=egressgateway"},
	"addresses":  {"192.0.2.1", "2001:db8::1", "192.0.2.1,192.0.2.2", "192.0.2.1,192.0.2.1", "a.example.com", "192.0.2.0/24", ""},
	"switch":     {"true", "false", "maybe"},
	"choice":     {"other", ""},
}

// base are the first uses of each recipe.
func base() map[string]map[string]string {
	first := map[string]map[string]string{}
	for _, use := range uses {
		if first[use.recipe] == nil {
			first[use.recipe] = use.values
		}
	}
	return first
}

// TestOdd gives each parameter odd values, one at a time.
func TestOdd(t *testing.T) {
	if testing.Short() {
		t.Skip("it renders, validates and tests hundreds of outputs")
	}
	for name, values := range base() {
		r := recipe.Named(name)
		for _, p := range r.Params {
			for _, value := range append(odd[p.Type], p.Values...) {
				t.Run(fmt.Sprintf("%s/%s=%s", name, p.Name, value), func(t *testing.T) {
					t.Parallel()
					given := maps.Clone(values)
					given[p.Name] = value
					made, wrong := r.Fill(given)
					if wrong != nil {
						return
					}
					dir := write(t, made, "yaml")
					passes(t, dir)
					clean(t, dir)
				})
			}
		}
	}
}
