package routing

import (
	"google.golang.org/protobuf/types/known/durationpb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// An HTTPRule says what happens to requests. It redirects, answers by itself, or forwards to its destinations; of
// several, the first of these that is set. Settings that both Istio's API and the Gateway API express in the same terms
// are messages of the former.
type HTTPRule struct {
	Name    config.Setting[string]
	At      config.Place
	Root    config.Place // the rule of another VirtualService that delegates to this one, if one does
	Matches []HTTPMatch  // any of them; none matches every request

	Replaced []config.Ignored // settings of the root that the delegate sets too

	GatewayAPI bool // a route of the Gateway API: a destination that is unknown is an error of the server

	Redirect       config.Setting[*networking.HTTPRedirect]
	DirectResponse config.Setting[*networking.HTTPDirectResponse]
	Rewrite        Rewrite
	Destinations   []Destination
	Mirrors        []Mirror

	Timeout config.Setting[*durationpb.Duration]
	Retries config.Setting[*networking.HTTPRetry]
	Fault   config.Setting[*networking.HTTPFaultInjection]
	CORS    config.Setting[*networking.CorsPolicy]
	Headers config.Setting[*networking.Headers]
}

// A Rewrite changes a request on its way to a destination.
type Rewrite struct {
	At        config.Place
	Path      config.Setting[string] // replaces the path, or the prefix that matches
	Regex     config.Setting[*networking.RegexRewrite]
	Authority config.Setting[string]
}

// A Mirror gets a copy of a share of a rule's requests.
type Mirror struct {
	To    Destination
	Share Fraction
	At    []config.Place // the fields that it is made from
}

// A Fraction is a share of requests.
type Fraction struct{ Numerator, Denominator uint32 }

// Percent is a whole percentage.
func Percent(n uint32) Fraction { return Fraction{n, 100} }

// A Destination is where traffic goes. One without a host cannot be used: proxies answer with an error.
type Destination struct {
	Host    string
	Subset  string
	Port    uint32 // 0 where none is named
	Weight  int32
	Headers *networking.Headers
	At      config.Place
}

// DestinationOf reads a destination of Istio's API, whose host is complete.
func DestinationOf(in *networking.Destination, at config.Place) Destination {
	return Destination{Host: in.GetHost(), Subset: in.GetSubset(), Port: in.GetPort().GetNumber(), At: at}
}
