package hcm

import (
	bufferv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/buffer/v3"
	corsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	extauthzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	faultv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	mutationv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/header_mutation/v3"
	metadatav3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/header_to_metadata/v3"
	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
	localv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/local_ratelimit/v3"
	luav3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/lua/v3"
	ratelimitv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ratelimit/v3"
	rbachttp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	routerv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	wasmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/wasm/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/rbac"
	"sem.example/simulate/internal/route"
)

// filter passes the request through one HTTP filter, which may answer it.
func filter(x *Stream, f *httpFilter) *decision.Outcome {
	switch m := f.message.(type) {
	case *routerv3.Router:
		return nil
	case *faultv3.HTTPFault:
		injectFault(x, f)
		return nil
	case *corsv3.Cors:
		return cors(x, f)
	case *rbachttp.RBAC:
		report(x, f, m)
		return authorize(x, f)
	case *extauthzv3.ExtAuthz:
		return askAuthorizer(x, f, m)
	case *jwtv3.JwtAuthentication:
		return authenticate(x, f)
	}
	return added(x, f)
}

// added passes the request through a filter that istiod does not generate, but EnvoyFilters add.
func added(x *Stream, f *httpFilter) *decision.Outcome {
	switch m := f.message.(type) {
	case *bufferv3.Buffer:
		return buffer(x, f, m)
	case *mutationv3.HeaderMutation:
		mutate(x, f, m)
	case *metadatav3.Config:
		learn(x, f, m)
	case *localv3.LocalRateLimit:
		limitRate(x, f, m)
	case *ratelimitv3.RateLimit:
		askRateLimit(x, f, m)
	case *luav3.Lua:
		if p, _ := route.PerRoute[*luav3.LuaPerRoute](x.Route, f.name); !p.GetDisabled() {
			x.RunsCode(f.name, "Lua", x.filterAt(f))
		}
	case *wasmv3.Wasm:
		x.RunsCode(f.name, "Wasm", x.filterAt(f))
	default:
		x.UnknownFilter(f.name, f.kind)
	}
	return nil
}

// authorize asks the rules of a filter, or those that the route puts in their place.
func authorize(x *Stream, f *httpFilter) *decision.Outcome {
	rules := f.rbac
	if own, ok := route.PerRoute[*rbac.RBAC](x.Route, f.name); ok {
		rules = own
	}
	asked := &rbac.Input{Conn: x.conn, Req: x.Req, From: x.from}
	d := rules.Allows(asked)
	d.Record(x.Recorder, x.chain, asked)
	if d.Allowed {
		return nil
	}
	x.Hop.Response = &decision.Response{Status: 403, Body: "RBAC: access denied"}
	return &decision.Outcome{Verdict: decision.Denied, Status: 403, Err: "denied", Details: rbac.DeniedBy(d.Policy), Reason: d.Reason()}
}
