package simulate

import (
	"fmt"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// An action forwards a request: to which clusters, and under which policy.
type action struct {
	proto         *routev3.RouteAction
	targets       []destined
	clusterHeader string
	rewrite       rewrite
	policy        Policy
	unknownStatus int // the answer where the cluster does not exist
}

// A destined is one of the clusters that a route spreads its requests over.
type destined struct {
	cluster       string
	clusterHeader string
	share         float64
	headers       headerPlan
	host          string // the authority for this cluster
}

func newAction(c *routev3.RouteConfiguration, v *routev3.VirtualHost, p *routev3.Route, a *routev3.RouteAction) *action {
	out := &action{proto: a, clusterHeader: strings.ToLower(a.GetClusterHeader()), rewrite: newRewrite(a, p.GetMatch()), unknownStatus: 503}
	switch a.GetClusterNotFoundResponseCode() {
	case routev3.RouteAction_NOT_FOUND:
		out.unknownStatus = 404
	case routev3.RouteAction_INTERNAL_SERVER_ERROR:
		out.unknownStatus = 500
	}
	out.targets = newTargets(c, v, p, a)
	out.policy = Policy{Timeout: routeTimeout(a), Retries: newRetries(v, a), Mirrors: newMirrors(c, v, a), HashKey: hashKey(a.GetHashPolicy())}
	return out
}

func newTargets(c *routev3.RouteConfiguration, v *routev3.VirtualHost, p *routev3.Route, a *routev3.RouteAction) []destined {
	if a.GetWeightedClusters() == nil {
		return []destined{{cluster: a.GetCluster(), clusterHeader: strings.ToLower(a.GetClusterHeader()), share: 1, headers: newHeaderPlan(c, v, p, nil)}}
	}
	var total float64
	for _, w := range a.GetWeightedClusters().GetClusters() {
		total += float64(w.GetWeight().GetValue())
	}
	var out []destined
	for _, w := range a.GetWeightedClusters().GetClusters() {
		if weight := float64(w.GetWeight().GetValue()); weight > 0 {
			out = append(out, destined{w.GetName(), strings.ToLower(w.GetClusterHeader()), weight / total, newHeaderPlan(c, v, p, w), w.GetHostRewriteLiteral()})
		}
	}
	return out
}

// routeTimeout is the route's timeout; where none is set Envoy takes 15 seconds.
func routeTimeout(a *routev3.RouteAction) string {
	if a.GetTimeout() == nil {
		return "15s"
	}
	return duration(a.GetTimeout())
}

// newMirrors describes the mirrors in force: those of the route, else of its virtual host, else of the table.
func newMirrors(c *routev3.RouteConfiguration, v *routev3.VirtualHost, a *routev3.RouteAction) []Mirror {
	policies := a.GetRequestMirrorPolicies()
	if len(policies) == 0 {
		policies = v.GetRequestMirrorPolicies()
	}
	if len(policies) == 0 {
		policies = c.GetRequestMirrorPolicies()
	}
	var out []Mirror
	for _, m := range policies {
		name := m.GetCluster()
		if name == "" {
			name = fmt.Sprintf("the cluster that header %s names", m.GetClusterHeader())
		}
		out = append(out, Mirror{Cluster: name, Share: fraction(m.GetRuntimeFraction().GetDefaultValue(), 1)})
	}
	return out
}

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

// name is the cluster of a target, which a header of the request may name.
func (t *destined) name(r *request) string {
	if t.cluster == "" && t.clusterHeader != "" {
		name, _ := r.get(t.clusterHeader)
		return name
	}
	return t.cluster
}
