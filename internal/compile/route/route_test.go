package route

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

func TestRedirectPort(t *testing.T) {
	fromRequest := &networking.HTTPRedirect_DerivePort{DerivePort: networking.HTTPRedirect_FROM_REQUEST_PORT}
	fromScheme := &networking.HTTPRedirect_DerivePort{DerivePort: networking.HTTPRedirect_FROM_PROTOCOL_DEFAULT}
	for name, c := range map[string]struct {
		in    *networking.HTTPRedirect
		scope Scope
		want  uint32
	}{
		"no port":                      {&networking.HTTPRedirect{}, Scope{Port: 8080}, 0},
		"a port":                       {&networking.HTTPRedirect{RedirectPort: &networking.HTTPRedirect_Port{Port: 81}}, Scope{Port: 8080}, 81},
		"80 of plain HTTP":             {&networking.HTTPRedirect{RedirectPort: &networking.HTTPRedirect_Port{Port: 80}}, Scope{}, 0},
		"80 where TLS ends":            {&networking.HTTPRedirect{RedirectPort: &networking.HTTPRedirect_Port{Port: 80}}, Scope{TLS: true}, 80},
		"443 of HTTPS":                 {&networking.HTTPRedirect{Scheme: "https", RedirectPort: &networking.HTTPRedirect_Port{Port: 443}}, Scope{}, 0},
		"443 where TLS ends":           {&networking.HTTPRedirect{RedirectPort: &networking.HTTPRedirect_Port{Port: 443}}, Scope{TLS: true}, 0},
		"443 of plain HTTP":            {&networking.HTTPRedirect{RedirectPort: &networking.HTTPRedirect_Port{Port: 443}}, Scope{}, 443},
		"80 of HTTPS":                  {&networking.HTTPRedirect{Scheme: "https", RedirectPort: &networking.HTTPRedirect_Port{Port: 80}}, Scope{}, 80},
		"the request's":                {&networking.HTTPRedirect{RedirectPort: fromRequest}, Scope{Port: 8080}, 8080},
		"the request's, implied":       {&networking.HTTPRedirect{RedirectPort: fromRequest}, Scope{Port: 80}, 0},
		"the request's, other scheme":  {&networking.HTTPRedirect{Scheme: "https", RedirectPort: fromRequest}, Scope{Port: 80}, 80},
		"whatever the scheme's is":     {&networking.HTTPRedirect{RedirectPort: fromScheme}, Scope{Port: 8080}, 0},
		"the scheme's, of another one": {&networking.HTTPRedirect{Scheme: "https", RedirectPort: fromScheme}, Scope{Port: 8080}, 0},
	} {
		if got := redirectPort(c.in, c.scope); got != c.want {
			t.Errorf("%s: port %d, want %d", name, got, c.want)
		}
	}
}

func TestRetryConditions(t *testing.T) {
	for _, c := range []struct {
		in, on string
		codes  []uint32
	}{
		{"5xx", "5xx", nil},
		{"503", ",retriable-status-codes", []uint32{503}},
		{" 5xx , 503,reset,,418", "5xx,reset,retriable-status-codes", []uint32{503, 418}},
		{"retriable-status-codes,503", "retriable-status-codes", []uint32{503}},
		{"999,-1", "999,-1", nil}, // no HTTP status
	} {
		on, codes := retryConditions(c.in)
		if on != c.on || !cmp.Equal(codes, c.codes) {
			t.Errorf("%q: %q and %v, want %q and %v", c.in, on, codes, c.on, c.codes)
		}
	}
}

func TestClaimPath(t *testing.T) {
	for in, want := range map[string][]string{
		"x-user":                             nil,
		"@request.auth.claims":               nil,
		"@request.auth.claims.":              nil,
		"@request.auth.claims[]":             nil,
		"@request.auth.claimsgroup":          nil,
		"@request.auth.claims.group":         {"group"},
		"@request.auth.claims.group.id":      {"group", "id"},
		"@Request.Auth.Claims[group]":        {"group"},
		"@request.auth.claims[a.b][c]":       {"a.b", "c"},
		"@request.auth.claims[https://x][y]": {"https://x", "y"},
	} {
		if diff := cmp.Diff(want, claimPath(in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
}

func TestDestinationCluster(t *testing.T) {
	one := &mesh.Service{Ports: []*mesh.Port{{Number: 81}}}
	two := &mesh.Service{Ports: []*mesh.Port{{Number: 81}, {Number: 82}}}
	alias := &mesh.Service{ExternalName: "real.example", Ports: []*mesh.Port{{Number: 83}}}
	for name, c := range map[string]struct {
		to      routing.Destination
		service *mesh.Service
		want    string
	}{
		"nobody":                       {routing.Destination{}, nil, "UnknownService"},
		"an unknown service":           {routing.Destination{Host: "a"}, nil, "outbound|80||a"},
		"the only port":                {routing.Destination{Host: "a"}, one, "outbound|81||a"},
		"the listener's port":          {routing.Destination{Host: "a"}, two, "outbound|80||a"},
		"a port of its own":            {routing.Destination{Host: "a", Port: 99, Subset: "v1"}, one, "outbound|99|v1|a"},
		"what an alias stands for":     {routing.Destination{Host: "a"}, alias, "outbound|83||real.example"},
		"an alias, a port of its own":  {routing.Destination{Host: "a", Port: 99}, alias, "outbound|99||real.example"},
		"a subset of something absent": {routing.Destination{Host: "a", Subset: "v2"}, nil, "outbound|80|v2|a"},
	} {
		if got := ClusterName(c.to, c.service, 80); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
