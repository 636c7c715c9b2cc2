package routing

import (
	"fmt"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A MatchKind is how a string is compared.
type MatchKind string

// The kinds. The zero value does not compare at all.
const (
	Present MatchKind = "present" // any value
	Exact   MatchKind = "exact"
	Prefix  MatchKind = "prefix"
	Regex   MatchKind = "regex" // of the whole value
	Below   MatchKind = "below" // a path itself, or one whose first segments it is
)

// A StringMatch is a condition on a string. The zero StringMatch matches every string.
type StringMatch struct {
	Kind  MatchKind
	Value string
}

// StringMatchOf reads a condition of Istio's API. One that compares with nothing asks for presence.
func StringMatchOf(in *networking.StringMatch) StringMatch {
	switch m := in.GetMatchType().(type) {
	case *networking.StringMatch_Exact:
		return StringMatch{Exact, m.Exact}
	case *networking.StringMatch_Prefix:
		return StringMatch{Prefix, m.Prefix}
	case *networking.StringMatch_Regex:
		return StringMatch{Regex, m.Regex}
	}
	if in == nil {
		return StringMatch{}
	}
	return StringMatch{Kind: Present}
}

// PresenceOnly reports whether the condition asks for presence alone. The regex "*" is invalid, yet istiod reads it so.
func (m StringMatch) PresenceOnly() bool {
	return m.Kind == "" || m.Kind == Present || m.Kind == Regex && m.Value == "*"
}

// A NamedMatch is a condition on a header or query parameter.
type NamedMatch struct {
	Name string
	StringMatch
	At config.Place
}

// Client is what a match asks of the proxy and of the listener. It is decided before any traffic arrives.
type Client struct {
	Gateways  []string // "mesh", or namespace/name; none means those of the Rules
	Labels    map[string]string
	Namespace string // "" for any
	Port      uint32 // of the listener; 0 for any
}

// An HTTPMatch is a condition on requests: all of its parts must hold.
type HTTPMatch struct {
	Name   string
	At     []config.Place // where it is written; a delegate's match and the one of the root that it narrows
	Client Client

	Path           StringMatch
	IgnorePathCase bool
	Method         StringMatch
	Authority      StringMatch
	Scheme         StringMatch
	Headers        []NamedMatch // sorted by name
	WithoutHeaders []NamedMatch // that must not hold, sorted by name
	QueryParams    []NamedMatch // sorted by name
}

// A ConnectionRule says where connections go.
type ConnectionRule struct {
	At           config.Place
	Matches      []ConnectionMatch // any of them; none matches every connection, but for TLS none
	Destinations []Destination
}

// A ConnectionMatch is a condition on connections: all of its parts must hold.
type ConnectionMatch struct {
	At      config.Place
	Client  Client
	SNI     []string // any of them, wildcards included
	Subnets []string // of the address that is dialled, any of them
}

// Key is the same for matches that ask for the same, whatever they are called and wherever they are written.
func (m HTTPMatch) Key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%+v %q %t %q %q %q", m.Client, m.Path, m.IgnorePathCase, m.Method, m.Authority, m.Scheme)
	for _, list := range [][]NamedMatch{m.Headers, m.WithoutHeaders, m.QueryParams} {
		b.WriteByte('|')
		for _, n := range list {
			fmt.Fprintf(&b, "%q %q,", n.Name, n.StringMatch)
		}
	}
	return b.String()
}
