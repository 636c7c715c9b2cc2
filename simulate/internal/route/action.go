package route

import (
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
)

// An forwardAction forwards a request: to which clusters, and under which policy.
type forwardAction struct {
	Proto         *routev3.RouteAction
	Clusters      []WeightedCluster
	Rewrite       rewrite
	Policy        decision.Policy
	Limits        bool // the policy says anything at all
	UnknownStatus int  // the answer where the cluster does not exist
}

// A WeightedCluster is one of the clusters that a route spreads its requests over.
type WeightedCluster struct {
	cluster       string
	clusterHeader string
	Share         float64
	Headers       HeaderOperations
	Host          string // the authority for this cluster
}

func newForwardAction(c *routev3.RouteConfiguration, v *routev3.VirtualHost, p *routev3.Route, a *routev3.RouteAction) *forwardAction {
	out := &forwardAction{Proto: a, Rewrite: newRewrite(a, p.GetMatch()), UnknownStatus: 503}
	switch a.GetClusterNotFoundResponseCode() {
	case routev3.RouteAction_NOT_FOUND:
		out.UnknownStatus = 404
	case routev3.RouteAction_INTERNAL_SERVER_ERROR:
		out.UnknownStatus = 500
	}
	out.Clusters = weightedClusters(c, v, p, a)
	out.Policy = decision.Policy{Timeout: routeTimeout(a), MaxDuration: decision.FormatDuration(a.GetMaxStreamDuration().GetMaxStreamDuration()), Retries: newRetries(v, a), Mirrors: newMirrors(c, v, a), HashKey: hashKey(a.GetHashPolicy())}
	out.Limits = out.Policy.Timeout+out.Policy.MaxDuration+out.Policy.HashKey != "" || out.Policy.Retries != nil || out.Policy.Mirrors != nil
	return out
}

func weightedClusters(c *routev3.RouteConfiguration, v *routev3.VirtualHost, p *routev3.Route, a *routev3.RouteAction) []WeightedCluster {
	if a.GetWeightedClusters() == nil {
		return []WeightedCluster{{cluster: a.GetCluster(), clusterHeader: strings.ToLower(a.GetClusterHeader()), Share: 1, Headers: newHeaderOperations(c, v, p, nil)}}
	}
	var total float64
	for _, w := range a.GetWeightedClusters().GetClusters() {
		total += float64(w.GetWeight().GetValue())
	}
	var out []WeightedCluster
	for _, w := range a.GetWeightedClusters().GetClusters() {
		if weight := float64(w.GetWeight().GetValue()); weight > 0 {
			out = append(out, WeightedCluster{w.GetName(), strings.ToLower(w.GetClusterHeader()), weight / total, newHeaderOperations(c, v, p, w), w.GetHostRewriteLiteral()})
		}
	}
	return out
}

// routeTimeout is the route's timeout; where none is set Envoy takes 15 seconds.
func routeTimeout(a *routev3.RouteAction) string {
	if a.GetTimeout() == nil {
		return "15s"
	}
	return decision.FormatDuration(a.GetTimeout())
}

// ClusterFor is the name of the cluster, which a header of the request may name.
func (t *WeightedCluster) ClusterFor(r *request.Request) string {
	if t.cluster == "" && t.clusterHeader != "" {
		name, _ := r.Get(t.clusterHeader)
		return name
	}
	return t.cluster
}
