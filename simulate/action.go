package simulate

import (
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// An action forwards a request: to which clusters, and under which policy.
type action struct {
	proto         *routev3.RouteAction
	targets       []weighted
	rewrite       rewrite
	policy        Policy
	limits        bool // the policy says anything at all
	unknownStatus int  // the answer where the cluster does not exist
}

// A weighted is one of the clusters that a route spreads its requests over.
type weighted struct {
	cluster       string
	clusterHeader string
	share         float64
	headers       headerPlan
	host          string // the authority for this cluster
}

func newAction(c *routev3.RouteConfiguration, v *routev3.VirtualHost, p *routev3.Route, a *routev3.RouteAction) *action {
	out := &action{proto: a, rewrite: newRewrite(a, p.GetMatch()), unknownStatus: 503}
	switch a.GetClusterNotFoundResponseCode() {
	case routev3.RouteAction_NOT_FOUND:
		out.unknownStatus = 404
	case routev3.RouteAction_INTERNAL_SERVER_ERROR:
		out.unknownStatus = 500
	}
	out.targets = newTargets(c, v, p, a)
	out.policy = Policy{Timeout: routeTimeout(a), MaxDuration: duration(a.GetMaxStreamDuration().GetMaxStreamDuration()), Retries: newRetries(v, a), Mirrors: newMirrors(c, v, a), HashKey: hashKey(a.GetHashPolicy())}
	out.limits = out.policy.Timeout+out.policy.MaxDuration+out.policy.HashKey != "" || out.policy.Retries != nil || out.policy.Mirrors != nil
	return out
}

func newTargets(c *routev3.RouteConfiguration, v *routev3.VirtualHost, p *routev3.Route, a *routev3.RouteAction) []weighted {
	if a.GetWeightedClusters() == nil {
		return []weighted{{cluster: a.GetCluster(), clusterHeader: strings.ToLower(a.GetClusterHeader()), share: 1, headers: newHeaderPlan(c, v, p, nil)}}
	}
	var total float64
	for _, w := range a.GetWeightedClusters().GetClusters() {
		total += float64(w.GetWeight().GetValue())
	}
	var out []weighted
	for _, w := range a.GetWeightedClusters().GetClusters() {
		if weight := float64(w.GetWeight().GetValue()); weight > 0 {
			out = append(out, weighted{w.GetName(), strings.ToLower(w.GetClusterHeader()), weight / total, newHeaderPlan(c, v, p, w), w.GetHostRewriteLiteral()})
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

// name is the cluster of a target, which a header of the request may name.
func (t *weighted) name(r *request) string {
	if t.cluster == "" && t.clusterHeader != "" {
		name, _ := r.get(t.clusterHeader)
		return name
	}
	return t.cluster
}
