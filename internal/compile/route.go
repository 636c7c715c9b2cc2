package compile

import (
	"slices"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// defaultRoute is the name of a route that no VirtualService asked for.
const defaultRoute = "default"

// A routeScope is the place that the rules of a VirtualService are translated for: a listener of a sidecar, or the
// server of a gateway.
type routeScope struct {
	gateways []string // names that a rule's match.gateways may mention: "mesh", or "namespace/name" of Gateways
	port     uint32   // of the listener (a gateway: of the server); 0 where the listener serves every port
	tls      bool     // the proxy ends TLS at this listener

	// service finds the service of a destination's host, as far as this place can see it; nil for an unknown host.
	service func(host string) *mesh.Service
}

// A routeDraft is a route that has no place in a virtual host yet.
type routeDraft struct {
	route    *routev3.Route
	origins  func() trail // worked out when somebody asks
	catchAll bool         // it matches every request, so nothing behind it is reached
}

// rules translates a VirtualService's HTTP rules for one place, in order: a route for each match of each rule. What
// comes behind a route that takes every request is left out.
func (c *Compiler) rules(vs *mesh.VirtualService, scope routeScope) []routeDraft {
	var out []routeDraft
	metadata := istioMetadata(vs.Object)
	for i, rule := range vs.Spec.Http {
		matches := rule.Match
		if len(matches) == 0 {
			matches = []*networking.HTTPMatchRequest{nil}
		}
		for j, match := range matches {
			if !c.appliesHere(match, scope) {
				continue
			}
			draft := c.rule(vs, i, j, scope)
			draft.route.Metadata = metadata
			if draft.catchAll {
				own := draft.origins
				draft.origins = func() trail { return append(own(), c.unreached(vs, i, j, scope)...) }
				return append(out, draft)
			}
			out = append(out, draft)
		}
	}
	return out
}

// anyRule says whether a VirtualService has an HTTP rule for a place.
func (c *Compiler) anyRule(vs *mesh.VirtualService, scope routeScope) bool {
	applies := func(m *networking.HTTPMatchRequest) bool { return c.appliesHere(m, scope) }
	return slices.ContainsFunc(vs.Spec.Http, func(rule *networking.HTTPRoute) bool {
		return len(rule.Match) == 0 || slices.ContainsFunc(rule.Match, applies)
	})
}

// rule translates the j-th match of the i-th HTTP rule.
func (c *Compiler) rule(vs *mesh.VirtualService, i, j int, scope routeScope) routeDraft {
	in := vs.Spec.Http[i]
	var match *networking.HTTPMatchRequest
	if j < len(in.Match) {
		match = in.Match[j]
	}
	out := &routev3.Route{
		Name:  routeName(in, match),
		Match: routeMatch(match),
	}
	edits := editHeaders(in.Headers)
	out.RequestHeadersToAdd, out.RequestHeadersToRemove = edits.requestAdd, edits.requestRemove
	out.ResponseHeadersToAdd, out.ResponseHeadersToRemove = edits.responseAdd, edits.responseRemove

	switch {
	case in.Redirect != nil:
		redirect(out, in.Redirect, scope)
	case in.DirectResponse != nil:
		directResponse(out, in.DirectResponse)
	default:
		c.forward(out, in, edits.authority, scope)
	}
	out.TypedPerFilterConfig = perRouteFilters(in)
	return routeDraft{route: out, origins: func() trail { return c.ruleOrigins(vs, i, j) }, catchAll: takesAll(out.Match)}
}

func routeName(rule *networking.HTTPRoute, match *networking.HTTPMatchRequest) string {
	if match.GetName() != "" {
		return rule.Name + "." + match.Name
	}
	return rule.Name
}

func perRouteFilters(in *networking.HTTPRoute) map[string]*anypb.Any {
	if in.Fault == nil && in.CorsPolicy == nil {
		return nil
	}
	out := map[string]*anypb.Any{}
	if in.Fault != nil {
		out[faultFilter] = pack(fault(in.Fault))
	}
	if in.CorsPolicy != nil {
		out[corsFilter] = pack(corsPolicy(in.CorsPolicy))
	}
	return out
}

// forward makes a route send its requests on.
func (c *Compiler) forward(out *routev3.Route, in *networking.HTTPRoute, authority string, scope routeScope) {
	action := &routev3.RouteAction{}
	out.Action = &routev3.Route_Route{Route: action}
	setTimeout(action, in.Timeout)
	if in.Rewrite != nil {
		rewritePath(action, in.Rewrite)
		action.AppendXForwardedHost = c.proxyConfig().GetProxyHeaders().GetXForwardedHost().GetEnabled().GetValue()
		rewriteHost(action, in.Rewrite.Authority)
	}
	rewriteHost(action, authority)
	action.RequestMirrorPolicies = scope.mirrors(in)

	hashed := false
	if len(in.Route) == 1 {
		hashed = c.forwardToOne(out, in.Route[0], scope)
	} else {
		c.forwardByWeight(action, in.Route, scope)
	}
	retries := in.Retries
	if retries == nil {
		retries = c.view.Mesh.Settings.Config.GetDefaultHttpRetryPolicy()
	}
	action.RetryPolicy = retryPolicy(retries, hashed)
}

// forwardToOne sends everything to one destination, whose changes to headers become the route's. It says whether a hash
// chooses the endpoint.
func (c *Compiler) forwardToOne(out *routev3.Route, to *networking.HTTPRouteDestination, scope routeScope) bool {
	action := out.GetRoute()
	action.ClusterSpecifier = &routev3.RouteAction_Cluster{Cluster: scope.cluster(to.Destination)}
	edits := editHeaders(to.Headers)
	out.RequestHeadersToAdd = append(out.RequestHeadersToAdd, edits.requestAdd...)
	out.RequestHeadersToRemove = append(out.RequestHeadersToRemove, edits.requestRemove...)
	out.ResponseHeadersToAdd = append(out.ResponseHeadersToAdd, edits.responseAdd...)
	out.ResponseHeadersToRemove = append(out.ResponseHeadersToRemove, edits.responseRemove...)
	rewriteHost(action, edits.authority)
	hash := c.destinationHash(to.Destination)
	action.HashPolicy = hash.policy()
	return hash.key != nil
}

// forwardByWeight splits requests between destinations; those of weight 0 get none.
func (c *Compiler) forwardByWeight(action *routev3.RouteAction, to []*networking.HTTPRouteDestination, scope routeScope) {
	split := &routev3.WeightedCluster{}
	for _, dest := range to {
		if dest.Weight == 0 {
			continue
		}
		edits := editHeaders(dest.Headers)
		share := &routev3.WeightedCluster_ClusterWeight{
			Name:                    scope.cluster(dest.Destination),
			Weight:                  wrapperspb.UInt32(uint32(dest.Weight)),
			RequestHeadersToAdd:     edits.requestAdd,
			RequestHeadersToRemove:  edits.requestRemove,
			ResponseHeadersToAdd:    edits.responseAdd,
			ResponseHeadersToRemove: edits.responseRemove,
		}
		if edits.authority != "" {
			share.HostRewriteSpecifier = &routev3.WeightedCluster_ClusterWeight_HostRewriteLiteral{HostRewriteLiteral: edits.authority}
		}
		split.Clusters = append(split.Clusters, share)
		action.HashPolicy = append(action.HashPolicy, c.destinationHash(dest.Destination).policy()...)
	}
	action.ClusterSpecifier = &routev3.RouteAction_WeightedClusters{WeightedClusters: split}
}

// noLimit is the duration that Envoy takes for no limit.
var noLimit = durationpb.New(0)

// setTimeout limits the time of a request; nil is no limit. The limit that a gRPC client asks for is held to it too.
func setTimeout(action *routev3.RouteAction, limit *durationpb.Duration) {
	if limit.AsDuration() == 0 {
		limit = noLimit
	}
	action.Timeout, action.MaxGrpcTimeout = limit, limit // istiod still sets the old field
}

// cluster is the cluster that a destination leads to.
func (s routeScope) cluster(to *networking.Destination) string {
	return destinationCluster(to, s.service(to.GetHost()), s.port)
}

// destinationCluster names the cluster of a destination. Without a port of its own the destination means the only port
// of its service, else the port that the listener has.
func destinationCluster(to *networking.Destination, s *mesh.Service, listener uint32) string {
	host, port := to.GetHost(), listener
	if host == "" {
		return "UnknownService"
	}
	if s != nil && s.ExternalName != "" {
		host = s.ExternalName
	}
	switch {
	case to.Port != nil:
		port = to.Port.Number
	case s != nil && len(s.Ports) == 1:
		port = s.Ports[0].Number
	}
	return outboundName(port, to.Subset, host)
}

// serviceRoute is the one route of a service that no VirtualService speaks for, which goes by a name in its table.
func (c *Compiler) serviceRoute(name string, s *mesh.Service, port *mesh.Port) routeDraft {
	hash := c.serviceHash(s, port)
	action := &routev3.RouteAction{
		ClusterSpecifier: &routev3.RouteAction_Cluster{Cluster: outboundName(port.Number, "", name)},
		RetryPolicy:      retryPolicy(c.view.Mesh.Settings.Config.GetDefaultHttpRetryPolicy(), false),
		HashPolicy:       hash.policy(),
	}
	setTimeout(action, nil)
	return routeDraft{
		route: &routev3.Route{
			Name:   defaultRoute,
			Match:  everyRequest,
			Action: &routev3.Route_Route{Route: action},
		},
		origins:  func() trail { return c.serviceOrigins(s, port) },
		catchAll: true,
	}
}

// placeRoutes gives drafts their place in a virtual host: the messages in order, their origins recorded.
func (c *Compiler) placeRoutes(table, vhost string, drafts []routeDraft) []*routev3.Route {
	out := make([]*routev3.Route, len(drafts))
	for i, d := range drafts {
		c.origins.later(envoy.Route(table, vhost, i), d.origins)
		out[i] = d.route
	}
	return out
}
