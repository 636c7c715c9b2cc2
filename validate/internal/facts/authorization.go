package facts

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// A PolicyValue is a value with which a rule of an AuthorizationPolicy compares a request.
type PolicyValue struct {
	Place
	Field string // such as principals, for the field that excludes values too; a condition of when has the name of its attribute
	Not   bool   // the value is excluded
	Text  string
	Rule  int
}

// EachPolicyValue calls do for every value of the AuthorizationPolicies that findings are wanted about.
func EachPolicyValue(s *Documents, do func(PolicyValue)) {
	Each(s, "AuthorizationPolicy", func(o *config.Object, spec *security.AuthorizationPolicy) {
		for _, v := range PolicyValues(o, spec) {
			do(v)
		}
	})
}

// PolicyValues returns every value of the rules of an AuthorizationPolicy, in the order of the document.
func PolicyValues(o *config.Object, spec *security.AuthorizationPolicy) []PolicyValue {
	l := policyValues{}
	for i, rule := range spec.GetRules() {
		l.rule = i
		at := At(o, "spec.rules").Item(i)
		for j, f := range rule.GetFrom() {
			l.source(at.Sub("from").Item(j).Sub("source"), f.GetSource())
		}
		for j, t := range rule.GetTo() {
			l.operation(at.Sub("to").Item(j).Sub("operation"), t.GetOperation())
		}
		for j, c := range rule.GetWhen() {
			l.add(at.Sub("when").Item(j), c.GetKey(), "values", "notValues", c.GetValues(), c.GetNotValues())
		}
	}
	return l.all
}

// policyValues collects the values of a policy.
type policyValues struct {
	rule int
	all  []PolicyValue
}

func (l *policyValues) source(at Place, s *security.Source) {
	l.add(at, "principals", "principals", "notPrincipals", s.GetPrincipals(), s.GetNotPrincipals())
	l.add(at, "requestPrincipals", "requestPrincipals", "notRequestPrincipals", s.GetRequestPrincipals(), s.GetNotRequestPrincipals())
	l.add(at, "namespaces", "namespaces", "notNamespaces", s.GetNamespaces(), s.GetNotNamespaces())
	l.add(at, "serviceAccounts", "serviceAccounts", "notServiceAccounts", s.GetServiceAccounts(), s.GetNotServiceAccounts())
	l.add(at, "trustDomains", "trustDomains", "notTrustDomains", s.GetTrustDomains(), s.GetNotTrustDomains())
}

func (l *policyValues) operation(at Place, o *security.Operation) {
	l.add(at, "hosts", "hosts", "notHosts", o.GetHosts(), o.GetNotHosts())
	l.add(at, "ports", "ports", "notPorts", o.GetPorts(), o.GetNotPorts())
	l.add(at, "methods", "methods", "notMethods", o.GetMethods(), o.GetNotMethods())
	l.add(at, "paths", "paths", "notPaths", o.GetPaths(), o.GetNotPaths())
}

func (l *policyValues) add(at Place, field, list, notList string, values, notValues []string) {
	for i, v := range values {
		l.all = append(l.all, PolicyValue{at.Sub(list).Item(i), field, false, v, l.rule})
	}
	for i, v := range notValues {
		l.all = append(l.all, PolicyValue{at.Sub(notList).Item(i), field, true, v, l.rule})
	}
}

// ClientIdentity reports whether a value is compared with the identity that mutual TLS gives a client.
func (v PolicyValue) ClientIdentity() bool {
	switch v.Field {
	case "principals", "namespaces", "serviceAccounts", "trustDomains",
		"source.principal", "source.namespace", "source.serviceAccount", "source.trustDomain":
		return true
	}
	return false
}

// RequestIdentity reports whether a value is compared with a token of the request.
func (v PolicyValue) RequestIdentity() bool {
	return v.Field == "requestPrincipals" || strings.HasPrefix(v.Field, "request.auth.")
}

// Identity returns the namespace and service account that a value names, "" for what it leaves open.
func (v PolicyValue) Identity(trustDomain string) (namespace, account string) {
	switch v.Field {
	case "namespaces", "source.namespace":
		return v.Text, ""
	case "serviceAccounts", "source.serviceAccount":
		if ns, name, ok := strings.Cut(v.Text, "/"); ok {
			return ns, name
		}
		return v.Object.Namespace, v.Text
	case "principals", "source.principal":
		domain, rest, ok := strings.Cut(strings.TrimPrefix(v.Text, "spiffe://"), "/ns/")
		ns, name, whole := strings.Cut(rest, "/sa/")
		if !ok || domain != trustDomain && domain != "*" && domain != "cluster.local" {
			return "", ""
		}
		if !whole || strings.ContainsAny(ns, "*/") {
			return strings.TrimSuffix(rest, "/*"), ""
		}
		return ns, name
	}
	return "", ""
}

// Proxies returns what the proxies of the workloads that a policy selects see. Where the input has none of its namespace, it is one
// with just the labels that are selected, and assumed is true. Of policies for the whole mesh it returns none.
func (s *Workloads) Proxies(o *config.Object, selector map[string]string) (views []*mesh.View, assumed bool) {
	namespace := o.Namespace
	if namespace == s.docs.Mesh.Settings.Config.GetRootNamespace() {
		if namespace = ""; len(selector) == 0 {
			return nil, false
		}
	}
	view := func(namespace, name string, labels map[string]string) *mesh.View {
		return s.docs.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: namespace, Labels: labels, Name: name})
	}
	for _, w := range s.Selected(namespace, selector) {
		views = append(views, view(w.Namespace, w.Name, mesh.WorkloadLabels(w)))
	}
	if len(views) == 0 && (namespace != "" && !s.Populated(namespace) || namespace == "" && s.gatewayLabels(selector)) {
		return []*mesh.View{view(o.Namespace, "", selector)}, true
	}
	return views, false
}

// GatewayNamespaces are those of the workloads that a Gateway selects. Where the input has none, they may be in the namespace of the
// Gateway, or in that of istiod.
func (s *Workloads) GatewayNamespaces(o *config.Object, spec *networking.Gateway) map[string]bool {
	found := map[string]bool{}
	if len(spec.GetSelector()) > 0 {
		for _, w := range s.Selected("", spec.GetSelector()) {
			found[w.Namespace] = true
		}
	}
	if len(found) == 0 {
		found[o.Namespace], found[s.docs.Mesh.Settings.Config.GetRootNamespace()] = true, true
	}
	return found
}

// gatewayLabels reports whether a Gateway selects what has these labels: its workloads are often installed by another repository.
func (s *Workloads) gatewayLabels(labels map[string]string) bool {
	return slices.ContainsFunc(s.docs.Mesh.Objects("Gateway"), func(o *config.Object) bool {
		spec, ok := o.Spec.(*networking.Gateway)
		return ok && len(spec.GetSelector()) > 0 && HasLabels(labels, spec.GetSelector())
	})
}

// ServesGateway reports whether a proxy is that of a gateway: a Gateway selects it by labels.
func (s *Gateways) ServesGateway(v *mesh.View) bool { return len(s.serversOf(v)) > 0 }

// ReadsClientCertificates reports whether a server of a gateway's proxy may ask clients for a certificate.
func (s *Gateways) ReadsClientCertificates(v *mesh.View) bool {
	for _, server := range s.serversOf(v) {
		switch server.GetTls().GetMode().String() {
		case "MUTUAL", "OPTIONAL_MUTUAL", "ISTIO_MUTUAL", "AUTO_PASSTHROUGH":
			return true
		}
	}
	return false
}

// serversOf returns the servers of the Gateways that select a proxy by its labels.
func (s *Gateways) serversOf(v *mesh.View) (servers []Server) {
	for _, g := range s.Selecting(v.Proxy().All().Labels) {
		if all := ServersOf(g); len(all) > 0 && !s.selectsAll(g) {
			servers = append(servers, all...)
		}
	}
	return servers
}
