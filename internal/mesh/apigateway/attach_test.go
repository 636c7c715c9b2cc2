package apigateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh/routing"
)

// TestRouteKinds limits the routes of a listener to the kinds of its protocol, and to those that it allows.
func TestRouteKinds(t *testing.T) {
	other, own := "shop.example", gatewayapi.Group
	allow := func(kinds ...gatewayapi.RouteKind) *gatewayapi.AllowedRoutes {
		return &gatewayapi.AllowedRoutes{Kinds: kinds}
	}
	for name, test := range map[string]struct {
		listener gatewayapi.Listener
		want     []string
	}{
		"HTTP":                   {gatewayapi.Listener{Protocol: "HTTP"}, []string{"HTTPRoute", "GRPCRoute"}},
		"TCP":                    {gatewayapi.Listener{Protocol: "TCP"}, []string{"TCPRoute"}},
		"TLS that ends here":     {gatewayapi.Listener{Protocol: "TLS", TLS: &gatewayapi.ListenerTLS{}}, []string{"TLSRoute", "TCPRoute"}},
		"TLS passed through":     {gatewayapi.Listener{Protocol: "TLS", TLS: &gatewayapi.ListenerTLS{Mode: "Passthrough"}}, []string{"TLSRoute"}},
		"another protocol":       {gatewayapi.Listener{Protocol: "UDP"}, nil},
		"one kind":               {gatewayapi.Listener{Protocol: "HTTP", AllowedRoutes: allow(gatewayapi.RouteKind{Kind: "GRPCRoute"})}, []string{"GRPCRoute"}},
		"one kind and its group": {gatewayapi.Listener{Protocol: "HTTP", AllowedRoutes: allow(gatewayapi.RouteKind{Group: &own, Kind: "HTTPRoute"})}, []string{"HTTPRoute"}},
		"a kind of another API":  {gatewayapi.Listener{Protocol: "HTTP", AllowedRoutes: allow(gatewayapi.RouteKind{Group: &other, Kind: "HTTPRoute"})}, []string{}},
		"a kind of other bytes":  {gatewayapi.Listener{Protocol: "TCP", AllowedRoutes: allow(gatewayapi.RouteKind{Kind: "HTTPRoute"})}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, routeKinds(test.listener)); diff != "" {
				t.Errorf("kinds (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTLSRules gives the rules of a TLSRoute the server names of one of its hosts. At a Service those are the hostnames of the route
// that the host covers, and a single one whatever it is.
func TestTLSRules(t *testing.T) {
	for name, test := range map[string]struct {
		hosts     []routing.Host
		host      string
		hostnames []string
		want      []string
	}{
		"one hostname":               {[]routing.Host{{Name: "db.shop"}}, "db.shop", []string{"a.example"}, []string{"a.example"}},
		"several, of one host":       {[]routing.Host{{Name: "a.example"}, {Name: "b.example"}}, "a.example", []string{"a.example", "b.example"}, []string{"a.example"}},
		"a wildcard beside the host": {[]routing.Host{{Name: "a.example"}}, "a.example", []string{"*.example", "b.other"}, []string{"*.example"}},
		"no hostnames":               {[]routing.Host{{Name: "db.shop"}}, "db.shop", nil, []string{"db.shop"}},
		"no hostnames, several":      {[]routing.Host{{Name: "db.shop"}, {Name: "web.shop"}}, "web.shop", nil, []string{"web.shop"}},
	} {
		t.Run(name, func(t *testing.T) {
			rules := attachment{}.tlsRules([]*routing.ConnectionRule{{}}, test.hosts, test.host, test.hostnames)
			if diff := cmp.Diff(test.want, rules[0].Matches[0].SNI); diff != "" {
				t.Errorf("server names (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCollides tells listeners that cannot both serve a port.
func TestCollides(t *testing.T) {
	named := "shop.example"
	listener := func(protocol string, port uint32, hostname *string) gatewayapi.Listener {
		return gatewayapi.Listener{Protocol: protocol, Port: port, Hostname: hostname}
	}
	for name, test := range map[string]struct {
		a, b gatewayapi.Listener
		want bool
	}{
		"other ports":                    {listener("TCP", 80, nil), listener("TCP", 81, nil), false},
		"TCP twice":                      {listener("TCP", 80, nil), listener("TCP", 80, nil), true},
		"TCP and UDP":                    {listener("TCP", 80, nil), listener("UDP", 80, nil), true},
		"HTTP and TCP":                   {listener("HTTP", 80, nil), listener("TCP", 80, nil), true},
		"TCP and TLS":                    {listener("TCP", 80, nil), listener("TLS", 80, &named), true},
		"one hostname":                   {listener("HTTP", 80, &named), listener("HTTPS", 80, &named), true},
		"a hostname and every other":     {listener("HTTP", 80, &named), listener("HTTP", 80, nil), false},
		"another protocol, twice":        {listener("shop.example/db", 80, nil), listener("shop.example/db", 80, nil), true},
		"two other protocols":            {listener("shop.example/db", 80, nil), listener("shop.example/log", 80, nil), false},
		"another protocol beside a host": {listener("shop.example/db", 80, nil), listener("HTTP", 80, &named), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := collides(test.a, test.b); got != test.want {
				t.Errorf("%t, want %t", got, test.want)
			}
		})
	}
}
