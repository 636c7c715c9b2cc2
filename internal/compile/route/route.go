package route

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// defaultRoute is the name of a route that no VirtualService asked for.
const defaultRoute = "default"

// A Route is a route that has no place in a virtual host yet.
type Route struct {
	Message  *routev3.Route
	origins  func() origin.List // worked out when somebody asks
	CatchAll bool               // it matches every request, so nothing behind it is reached
}

// ForVirtualService translates the HTTP rules of a set for one place, in order: a route for each match of each rule. What comes
// behind a route that matches every request is left out.
func ForVirtualService(view *mesh.View, set *routing.Rules, scope Scope) []Route {
	var out []Route
	metadata := xds.RulesMetadata(set)
	for i, r := range set.HTTP {
		for j, match := range matchesOf(r) {
			if !appliesHere(view, match, scope) {
				continue
			}
			one := httpRoute(view, r, match, scope)
			one.Message.Metadata = metadata
			if one.CatchAll {
				own := one.origins
				one.origins = func() origin.List { return append(own(), unreached(view, set.HTTP[i:], j, scope)...) }
				return append(out, one)
			}
			out = append(out, one)
		}
	}
	return out
}

// httpRoute translates one match of an HTTP rule.
func httpRoute(view *mesh.View, in *routing.HTTPRule, match *routing.HTTPMatch, scope Scope) Route {
	out := &routev3.Route{
		Name:  routeName(in, match),
		Match: Match(match),
	}
	edits := editHeaders(in.Headers.Value)
	out.RequestHeadersToAdd, out.RequestHeadersToRemove = edits.requestAdd, edits.requestRemove
	out.ResponseHeadersToAdd, out.ResponseHeadersToRemove = edits.responseAdd, edits.responseRemove

	switch {
	case in.Redirect.IsSet():
		redirect(out, in.Redirect.Value, scope)
	case in.DirectResponse.IsSet():
		directResponse(out, in.DirectResponse.Value)
	default:
		forwardRequests(view, out, in, edits.authority, scope)
	}
	out.TypedPerFilterConfig = perRouteFilters(in)
	return Route{Message: out, origins: func() origin.List { return ruleOrigins(view, in, match) }, CatchAll: takesAll(out.Match)}
}

func routeName(r *routing.HTTPRule, match *routing.HTTPMatch) string {
	if match != nil && match.Name != "" {
		return r.Name.Value + "." + match.Name
	}
	return r.Name.Value
}

func perRouteFilters(in *routing.HTTPRule) map[string]*anypb.Any {
	if !in.Fault.IsSet() && !in.CORS.IsSet() {
		return nil
	}
	out := map[string]*anypb.Any{}
	if in.Fault.IsSet() {
		out[faultFilter] = xds.Any(fault(in.Fault.Value))
	}
	if in.CORS.IsSet() {
		out[corsFilter] = xds.Any(corsPolicy(in.CORS.Value))
	}
	return out
}

// forwardRequests makes a route send its requests on.
func forwardRequests(view *mesh.View, out *routev3.Route, in *routing.HTTPRule, authority string, scope Scope) {
	action := &routev3.RouteAction{}
	out.Action = &routev3.Route_Route{Route: action}
	SetTimeout(action, in.Timeout.Value)
	if in.GatewayAPI {
		action.ClusterNotFoundResponseCode = routev3.RouteAction_INTERNAL_SERVER_ERROR
	}
	if in.Rewrite.At.Known() {
		rewritePath(action, in.Rewrite)
		action.AppendXForwardedHost = proxy.Config(view).GetProxyHeaders().GetXForwardedHost().GetEnabled().GetValue()
		rewriteHost(action, in.Rewrite.Authority.Value)
	}
	rewriteHost(action, authority)
	action.RequestMirrorPolicies = scope.mirrors(view, in.Mirrors)

	hashed := false
	if len(in.Destinations) == 1 {
		hashed = forwardToOne(view, out, in.Destinations[0], scope)
	} else {
		forwardByWeight(view, action, in.Destinations, scope)
	}
	retries := in.Retries.Value
	if retries == nil {
		retries = view.Mesh.Settings.Config.GetDefaultHttpRetryPolicy()
	}
	action.RetryPolicy = retryPolicy(retries, hashed)
}

// forwardToOne sends everything to one destination, whose changes to headers become the route's. It reports whether a hash
// chooses the endpoint.
func forwardToOne(view *mesh.View, out *routev3.Route, to routing.Destination, scope Scope) bool {
	action := out.GetRoute()
	action.ClusterSpecifier = &routev3.RouteAction_Cluster{Cluster: scope.cluster(to)}
	edits := editHeaders(to.Headers)
	out.RequestHeadersToAdd = append(out.RequestHeadersToAdd, edits.requestAdd...)
	out.RequestHeadersToRemove = append(out.RequestHeadersToRemove, edits.requestRemove...)
	out.ResponseHeadersToAdd = append(out.ResponseHeadersToAdd, edits.responseAdd...)
	out.ResponseHeadersToRemove = append(out.ResponseHeadersToRemove, edits.responseRemove...)
	rewriteHost(action, edits.authority)
	hash := destinationHash(view, to)
	action.HashPolicy = hash.policy()
	return hash.Value != nil
}

// forwardByWeight splits requests between destinations; those of weight 0 get none.
func forwardByWeight(view *mesh.View, action *routev3.RouteAction, to []routing.Destination, scope Scope) {
	split := &routev3.WeightedCluster{}
	for _, dest := range to {
		if dest.Weight == 0 {
			continue
		}
		edits := editHeaders(dest.Headers)
		share := &routev3.WeightedCluster_ClusterWeight{
			Name:                    scope.cluster(dest),
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
		action.HashPolicy = append(action.HashPolicy, destinationHash(view, dest).policy()...)
	}
	action.ClusterSpecifier = &routev3.RouteAction_WeightedClusters{WeightedClusters: split}
}

// noLimit is the duration that Envoy takes for no limit.
var noLimit = durationpb.New(0)

// SetTimeout limits the time of a request; nil sets none. The limit that a gRPC client asks for is held to it too.
func SetTimeout(action *routev3.RouteAction, limit *durationpb.Duration) {
	if limit.AsDuration() == 0 {
		limit = noLimit
	}
	action.Timeout, action.MaxGrpcTimeout = limit, limit // istiod still sets the old field
}

// ForService is the one route of a service that no VirtualService speaks for, which goes by a name in its table.
func ForService(view *mesh.View, name string, s *mesh.Service, port *mesh.Port) Route {
	hash := serviceHash(view, s, port)
	action := &routev3.RouteAction{
		ClusterSpecifier: &routev3.RouteAction_Cluster{Cluster: xds.OutboundCluster(port.Number, "", name)},
		RetryPolicy:      retryPolicy(view.Mesh.Settings.Config.GetDefaultHttpRetryPolicy(), false),
		HashPolicy:       hash.policy(),
	}
	SetTimeout(action, nil)
	return Route{
		Message: &routev3.Route{
			Name:   defaultRoute,
			Match:  everyRequest,
			Action: &routev3.Route_Route{Route: action},
		},
		origins:  func() origin.List { return serviceOrigins(view, s, port) },
		CatchAll: true,
	}
}

// InVirtualHost gives routes their place in a virtual host: the messages in order, their origins recorded.
func InVirtualHost(origins *origin.Store, table, vhost string, routes []Route) []*routev3.Route {
	out := make([]*routev3.Route, len(routes))
	for i, d := range routes {
		origins.Defer(envoy.Route(table, vhost, i), d.origins)
		out[i] = d.Message
	}
	return out
}

// ForwardTo sends requests to a cluster for as long as they take.
func ForwardTo(view *mesh.View, cluster string) *routev3.Route_Route {
	action := &routev3.RouteAction{
		ClusterSpecifier:     &routev3.RouteAction_Cluster{Cluster: cluster},
		AppendXForwardedHost: proxy.Config(view).GetProxyHeaders().GetXForwardedHost().GetEnabled().GetValue(),
	}
	SetTimeout(action, nil)
	return &routev3.Route_Route{Route: action}
}
