package simulate

import (
	corsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	faultv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
	rbachttp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	routerv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
)

// filter passes the request through one HTTP filter, which may answer it.
func (x *exchange) filter(f *httpFilter) *outcome {
	switch f.message.(type) {
	case *routerv3.Router:
		return nil
	case *faultv3.HTTPFault:
		x.fault(f)
		return nil
	case *corsv3.Cors:
		return x.cors(f)
	case *rbachttp.RBAC:
		return x.authorize(f)
	case *jwtv3.JwtAuthentication:
		return x.authenticate(f)
	}
	x.notModelled(f.name, f.kind)
	return nil
}

// authorize asks the rules of a filter, or those that the route puts in their place.
func (x *exchange) authorize(f *httpFilter) *outcome {
	rules := f.rbac
	if own, ok := perRoute[*rbac](x.route, f.name); ok {
		rules = own
	}
	s := &subject{conn: &x.conn, peer: x.peer, tls: x.decrypted, req: x.req, from: x.from()}
	ok, policy := rules.allows(s)
	x.authorization(rules, ok, policy, x.chain)
	if ok {
		return nil
	}
	x.hop.Response = &Response{Status: 403, Body: "RBAC: access denied"}
	return &outcome{verdict: Denied, status: 403, err: "denied", details: deniedBy(policy), reason: deniedReason(policy)}
}
