package security

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	extauthzhttpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	extauthztcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/ext_authz/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/clustername"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// An authorizer is an extension provider of MeshConfig that decides about requests.
type authorizer struct {
	name    string
	host    string // of its service
	cluster string
	status  *typev3.HttpStatus
	http    *meshconfig.MeshConfig_ExtensionProvider_EnvoyExternalAuthorizationHttpProvider
	grpc    *meshconfig.MeshConfig_ExtensionProvider_EnvoyExternalAuthorizationGrpcProvider
}

// providerOf returns the authorizer that MeshConfig defines under a name, or nil where there is no usable one. Of a name
// that is defined twice neither is usable.
func providerOf(view *mesh.View, name string) *authorizer {
	var found *authorizer
	count := 0
	for _, p := range view.Mesh.Settings.Config.GetExtensionProviders() {
		a := &authorizer{name: p.GetName(), http: p.GetEnvoyExtAuthzHttp(), grpc: p.GetEnvoyExtAuthzGrpc()}
		if p.GetName() == name && (a.http != nil || a.grpc != nil) {
			found, count = a, count+1
		}
	}
	if count != 1 || !validProvider(name) || !found.resolve(view) {
		return nil
	}
	return found
}

// validProvider reports whether istiod takes a name for a provider: a label of DNS.
func validProvider(name string) bool {
	if name == "" || len(name) > 63 || name[0] == '-' || name[len(name)-1] == '-' {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// resolve finds the cluster of the authorizer's service, and reports whether its settings are usable.
func (a *authorizer) resolve(view *mesh.View) bool {
	service, port, status := a.grpc.GetService(), a.grpc.GetPort(), a.grpc.GetStatusOnError()
	if a.http != nil {
		service, port, status = a.http.GetService(), a.http.GetPort(), a.http.GetStatusOnError()
		if _, err := url.Parse(a.http.GetPathPrefix()); err != nil || a.http.GetPathPrefix() != "" && a.http.GetPathPrefix()[0] != '/' {
			return false
		}
		lists := slices.Concat(a.http.GetIncludeRequestHeadersInCheck(), a.http.GetIncludeHeadersInCheck(), a.http.GetHeadersToUpstreamOnAllow(),
			a.http.GetHeadersToDownstreamOnDeny(), a.http.GetHeadersToDownstreamOnAllow())
		if slices.Contains(lists, "*") {
			return false
		}
	}
	a.host = providerHost(view, service)
	if a.host == "" || port < 1 || port > 65535 {
		return false
	}
	a.cluster = clustername.Outbound(port, "", a.host).String()
	return a.statusOnError(status)
}

// statusOnError reads the status that the proxy answers with where the authorizer fails.
func (a *authorizer) statusOnError(text string) bool {
	if text == "" {
		return true
	}
	code, err := strconv.ParseInt(text, 10, 32)
	if _, known := typev3.StatusCode_name[int32(code)]; err != nil || !known {
		return false
	}
	a.status = &typev3.HttpStatus{Code: typev3.StatusCode(code)}
	return true
}

// providerHost returns the host of a service that a provider names: "namespace/host", or a host that one namespace has.
func providerHost(view *mesh.View, service string) string {
	namespace, host, qualified := strings.Cut(service, "/")
	if !qualified {
		namespace, host = "", service
	}
	services := view.Mesh.ServicesOf(host)
	if qualified {
		services = slices.DeleteFunc(slices.Clone(services), func(s *mesh.Service) bool { return s.Namespace != namespace })
	}
	if len(services) == 0 || slices.ContainsFunc(services, func(s *mesh.Service) bool { return s.Namespace != services[0].Namespace }) {
		return ""
	}
	return services[0].Host
}

// defaultTimeout is how long an authorizer may take.
const defaultTimeout = 600

func timeoutOf(t *durationpb.Duration) *durationpb.Duration {
	if t == nil {
		return &durationpb.Duration{Seconds: defaultTimeout}
	}
	return t
}

// matched is the metadata that the RBAC filter of a name sets where a rule of the provider matches.
func (a *authorizer) matched(filter string) *matcherv3.MetadataMatcher {
	return &matcherv3.MetadataMatcher{
		Filter: filter,
		Path: []*matcherv3.MetadataMatcher_PathSegment{{
			Segment: &matcherv3.MetadataMatcher_PathSegment_Key{Key: externalMetadata + "shadow_effective_policy_id"},
		}},
		Value: &matcherv3.ValueMatcher{MatchPattern: &matcherv3.ValueMatcher_StringMatch{StringMatch: &matcherv3.StringMatcher{
			MatchPattern: &matcherv3.StringMatcher_Prefix{Prefix: externalPrefix + "-" + a.name},
		}}},
	}
}

// httpFilter asks the authorizer about requests.
func (a *authorizer) httpFilter() *hcmv3.HttpFilter {
	filter := &extauthzhttpv3.ExtAuthz{
		StatusOnError: a.status, TransportApiVersion: corev3.ApiVersion_V3,
		FilterEnabledMetadata: a.matched("envoy.filters.http.rbac"),
	}
	if a.http != nil {
		filter.FailureModeAllow, filter.WithRequestBody = a.http.GetFailOpen(), bodyOf(a.http.GetIncludeRequestBodyInCheck())
		filter.AllowedHeaders = headersOf(a.http.GetIncludeRequestHeadersInCheck())
		if filter.AllowedHeaders == nil {
			filter.AllowedHeaders = headersOf(a.http.GetIncludeHeadersInCheck())
		}
		filter.Services = &extauthzhttpv3.ExtAuthz_HttpService{HttpService: a.httpService()}
	} else {
		filter.FailureModeAllow, filter.WithRequestBody = a.grpc.GetFailOpen(), bodyOf(a.grpc.GetIncludeRequestBodyInCheck())
		filter.Services = &extauthzhttpv3.ExtAuthz_GrpcService{GrpcService: a.grpcService()}
	}
	return xds.HTTPFilter("envoy.filters.http.ext_authz", filter)
}

// networkFilter asks the authorizer about connections.
func (a *authorizer) networkFilter() *listenerv3.Filter {
	return xds.NetworkFilter("envoy.filters.network.ext_authz", &extauthztcpv3.ExtAuthz{
		StatPrefix: "tcp.", FailureModeAllow: a.grpc.GetFailOpen(), TransportApiVersion: corev3.ApiVersion_V3,
		GrpcService: a.grpcService(), FilterEnabledMetadata: a.matched("envoy.filters.network.rbac"),
	})
}

func (a *authorizer) grpcService() *corev3.GrpcService {
	return &corev3.GrpcService{
		TargetSpecifier: &corev3.GrpcService_EnvoyGrpc_{EnvoyGrpc: &corev3.GrpcService_EnvoyGrpc{ClusterName: a.cluster, Authority: a.host}},
		Timeout:         timeoutOf(a.grpc.GetTimeout()),
	}
}

func (a *authorizer) httpService() *extauthzhttpv3.HttpService {
	out := &extauthzhttpv3.HttpService{
		PathPrefix: a.http.GetPathPrefix(),
		ServerUri: &corev3.HttpUri{
			Uri: "http://" + a.host, Timeout: timeoutOf(a.http.GetTimeout()),
			HttpUpstreamType: &corev3.HttpUri_Cluster{Cluster: a.cluster},
		},
	}
	additional := a.http.GetIncludeAdditionalHeadersInCheck()
	for _, name := range slices.Sorted(maps.Keys(additional)) {
		if out.AuthorizationRequest == nil {
			out.AuthorizationRequest = &extauthzhttpv3.AuthorizationRequest{}
		}
		out.AuthorizationRequest.HeadersToAdd = append(out.AuthorizationRequest.HeadersToAdd, &corev3.HeaderValue{Key: name, Value: additional[name]})
	}
	response := &extauthzhttpv3.AuthorizationResponse{
		AllowedUpstreamHeaders:        headersOf(a.http.GetHeadersToUpstreamOnAllow()),
		AllowedClientHeaders:          headersOf(a.http.GetHeadersToDownstreamOnDeny()),
		AllowedClientHeadersOnSuccess: headersOf(a.http.GetHeadersToDownstreamOnAllow()),
	}
	if response.AllowedUpstreamHeaders != nil || response.AllowedClientHeaders != nil || response.AllowedClientHeadersOnSuccess != nil {
		out.AuthorizationResponse = response
	}
	return out
}

// headersOf are the names of headers, each of which may begin or end with an asterisk; nil where there are none.
func headersOf(names []string) *matcherv3.ListStringMatcher {
	if len(names) == 0 {
		return nil
	}
	out := &matcherv3.ListStringMatcher{}
	for _, name := range names {
		m := &matcherv3.StringMatcher{IgnoreCase: true, MatchPattern: &matcherv3.StringMatcher_Exact{Exact: name}}
		if rest, ok := strings.CutPrefix(name, "*"); ok {
			m.MatchPattern = &matcherv3.StringMatcher_Suffix{Suffix: rest}
		} else if rest, ok := strings.CutSuffix(name, "*"); ok {
			m.MatchPattern = &matcherv3.StringMatcher_Prefix{Prefix: rest}
		}
		out.Patterns = append(out.Patterns, m)
	}
	return out
}

func bodyOf(b *meshconfig.MeshConfig_ExtensionProvider_EnvoyExternalAuthorizationRequestBody) *extauthzhttpv3.BufferSettings {
	if b == nil {
		return nil
	}
	return &extauthzhttpv3.BufferSettings{
		MaxRequestBytes: b.GetMaxRequestBytes(), AllowPartialMessage: b.GetAllowPartialMessage(), PackAsBytes: b.GetPackAsBytes(),
	}
}
