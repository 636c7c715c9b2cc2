package validate

import (
	"cmp"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM240",
	Title:    "delegate does not exist",
	Severity: diag.Error,
	Why: `The rule hands its requests to the rules of another VirtualService, which does not exist or is not exported to this namespace. istiod
leaves the rule out, without a word, and its requests are answered with 404.`,
	Fix: `Correct the name and namespace of the delegate, or export it.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviewz}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
}, missingDelegate)

func missingDelegate(s *Scope, r *reporter) {
	s.eachDelegation(s.subjects("VirtualService"), func(d delegation) {
		if d.to != nil && (len(d.hosts()) > 0 || d.dropped == "") {
			return
		}
		reason := "there is none of that name"
		if d.to != nil {
			reason = d.dropped
		}
		f := r.at(d.place, "delegate %s is not found: %s", d.name, reason)
		if near := s.nearestDelegate(d.name); d.to == nil && near != "" {
			f.help("did you mean %s?", near)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM241",
	Title:    "rule of a delegate does not fit the rule that delegates",
	Severity: diag.Error,
	Why: `Each rule of a delegate must match only requests that the delegating rule matches: a prefix inside its prefix, and no condition that
contradicts it. istiod leaves out the rules that do not fit; their requests are answered with 404.`,
	Fix: `Narrow the match of the delegate to that of the rule that delegates.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /ratings}}]
    route: [{destination: {host: reviews.example.com}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
}, unfitDelegate)

func unfitDelegate(s *Scope, r *reporter) {
	for _, v := range s.Mesh.VirtualServices() {
		for _, l := range v.Dropped {
			if l.Object != v.Object {
				r.at(place{l.Object, l.Field}, "this rule is left out for %s: %s", name(v.Object), l.Reason).
					related(place{v.Object, "spec.http"}, "it is delegated to from here")
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM242",
	Title:    "rule delegates to a VirtualService that cannot be a delegate",
	Severity: diag.Error,
	Why: `Only a VirtualService without hosts is a delegate, and a delegate must not delegate further. istiod leaves the rule out, and its
requests are answered with 404.`,
	Fix: `Take the hosts out of the delegate, or route to its host instead.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  gateways: [edge]
  http:
  - route: [{destination: {host: reviews.example.com}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
}, noDelegate)

func noDelegate(s *Scope, r *reporter) {
	s.eachDelegation(s.subjects("VirtualService"), func(d delegation) {
		if d.to != nil && len(d.hosts()) > 0 {
			r.at(d.place, "%s has hosts of its own and is no delegate", d.name).related(place{d.to, "spec.hosts"}, "its hosts")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM243",
	Title:    "delegate that nobody delegates to",
	Severity: diag.Warning,
	Why:      `A VirtualService without hosts acts only through the rules that delegate to it. None does.`,
	Fix:      `Delegate to it, give it hosts, or remove it.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
}, idleDelegate)

func idleDelegate(s *Scope, r *reporter) {
	used := map[string]bool{}
	s.eachDelegation(s.Mesh.Objects("VirtualService"), func(d delegation) {
		used[d.name] = true
		if d.to == nil {
			used[s.nearestDelegate(d.name)] = true // SEM240 asks whether this one is meant
		}
	})
	for _, o := range s.subjects("VirtualService") {
		if len(config.Spec[*networking.VirtualService](o).GetHosts()) == 0 && !used[o.Namespace+"/"+o.Name] {
			r.at(place{o, "metadata.name"}, "no rule delegates to %s", name(o))
		}
	}
}

// A delegation is a rule that hands its requests to another VirtualService.
type delegation struct {
	place          // of the delegate field
	name    string // namespace/name of the delegate
	to      *config.Object
	dropped string // why istiod leaves it out; "" where it does not
}

func (d delegation) hosts() []string { return config.Spec[*networking.VirtualService](d.to).GetHosts() }

// eachDelegation calls do for every rule of VirtualServices that delegates.
func (s *Scope) eachDelegation(rules []*config.Object, do func(delegation)) {
	for _, o := range rules {
		for i, rule := range config.Spec[*networking.VirtualService](o).GetHttp() {
			to := rule.GetDelegate()
			if to == nil {
				continue
			}
			ns := cmp.Or(to.GetNamespace(), o.Namespace)
			at := place{o, source.Index("spec.http", i) + ".delegate"}
			do(delegation{place: at, name: ns + "/" + to.GetName(), to: s.Mesh.Object("VirtualService", ns, to.GetName()), dropped: s.droppedAt(at)})
		}
	}
}

// droppedAt says why istiod leaves a rule out that delegates; "" where it does not.
func (s *Scope) droppedAt(at place) string {
	return s.dropped.get(func() map[place]string {
		dropped := map[place]string{}
		for _, v := range s.Mesh.VirtualServices() {
			for _, l := range v.Dropped {
				dropped[place{l.Object, l.Field}] = l.Reason
			}
		}
		return dropped
	})[at]
}

// nearestDelegate is the VirtualService without hosts that a mistyped name most likely means, or "".
func (s *Scope) nearestDelegate(full string) string {
	_, base, _ := strings.Cut(full, "/")
	var names []string
	for _, o := range s.Mesh.Objects("VirtualService") {
		if len(config.Spec[*networking.VirtualService](o).GetHosts()) > 0 {
			continue
		}
		if o.Name == base {
			return o.Namespace + "/" + o.Name
		}
		names = append(names, o.Namespace+"/"+o.Name)
	}
	return diag.Nearest(full, names)
}
