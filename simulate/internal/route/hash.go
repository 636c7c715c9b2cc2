package route

import (
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// hashKey names what a consistent hash is made of.
func hashKey(policies []*routev3.RouteAction_HashPolicy) string {
	var keys []string
	for _, p := range policies {
		key := "unknown"
		switch s := p.GetPolicySpecifier().(type) {
		case *routev3.RouteAction_HashPolicy_Header_:
			key = "header " + s.Header.GetHeaderName()
		case *routev3.RouteAction_HashPolicy_Cookie_:
			key = "cookie " + s.Cookie.GetName()
		case *routev3.RouteAction_HashPolicy_ConnectionProperties_:
			key = "source address"
		case *routev3.RouteAction_HashPolicy_QueryParameter_:
			key = "query parameter " + s.QueryParameter.GetName()
		case *routev3.RouteAction_HashPolicy_FilterState_:
			key = "filter state " + s.FilterState.GetKey()
		}
		keys = append(keys, key)
		if p.GetTerminal() {
			break
		}
	}
	return strings.Join(keys, ", ")
}
