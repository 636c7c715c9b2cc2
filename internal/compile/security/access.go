package security

import (
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
)

// An Access is the access control of one proxy: what RequestAuthentications and AuthorizationPolicies say of its traffic,
// each translated once.
type Access struct {
	view     *mesh.View
	tokens   lazy.Value[Authentication]
	policies lazy.Map[scope, Authorization]
}

// New returns the access control of a proxy.
func New(view *mesh.View) *Access { return &Access{view: view} }

// Authentication returns what RequestAuthentications say about requests that reach the proxy.
func (a *Access) Authentication() Authentication {
	return a.tokens.Get(func() Authentication { return authenticationOf(a.view) })
}

// Requests returns what AuthorizationPolicies say about requests that reach the proxy.
func (a *Access) Requests() Authorization { return a.authorization(scope{}) }

// Connections returns what AuthorizationPolicies say about connections that reach the proxy.
func (a *Access) Connections() Authorization { return a.authorization(scope{tcp: true}) }

// ConnectionsTo returns what AuthorizationPolicies, also those of a service, say about connections that leave the workload
// for the service.
func (a *Access) ConnectionsTo(s *mesh.Service) Authorization {
	return a.authorization(scope{tcp: true, to: s})
}

// A scope is the traffic that policies are about.
type scope struct {
	tcp bool          // connections; else requests
	to  *mesh.Service // that it leaves for; nil for traffic that reaches the workload
}

// services are those whose policies count as well.
func (t scope) services() []*mesh.Service {
	if t.to == nil {
		return nil
	}
	return []*mesh.Service{t.to}
}

// authorization translates the policies about some traffic, in the order in which istiod has them evaluated.
func (a *Access) authorization(t scope) Authorization {
	return a.policies.Get(t, func() Authorization {
		out := customOf(a.view, t)
		for _, action := range []security.AuthorizationPolicy_Action{
			security.AuthorizationPolicy_AUDIT, security.AuthorizationPolicy_DENY, security.AuthorizationPolicy_ALLOW,
		} {
			switch v := verdictOf(a.view, action, t, &out.Origins); {
			case v.enforce == nil && v.shadow == nil:
			case t.tcp:
				out.Network = append(out.Network, v.networkFilter())
			default:
				out.HTTP = append(out.HTTP, v.httpFilter())
			}
		}
		out.Shared = out.Origins.Share()
		return out
	})
}
