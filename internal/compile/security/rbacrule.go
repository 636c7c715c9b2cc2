package security

import (
	"fmt"
	"slices"
	"strings"

	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/source"
)

// A translatedRule is a translated rule; policy is nil where the rule cannot hold.
type translatedRule struct {
	policy *rbacv3.Policy
	lost   []lostField
}

// translate turns a rule into Envoy's form: an alternative of "from" entries and one of "to" entries, of which each
// also has to meet the conditions of "when".
//
// What a TCP connection cannot be asked about, and what is malformed, makes an ALLOW rule allow nothing, and is left
// out of a DENY or AUDIT rule, which then matches more: each errs on the safe side.
func (r ruleset) translate(rule *security.Rule, namespace, at string) translatedRule {
	when := conditions{namespace: namespace, domains: r.domains}
	for i, cond := range rule.GetWhen() {
		if err := when.add(cond, source.Index(at+".when", i)); err != nil {
			return translatedRule{lost: []lostField{{source.Index(at+".when", i), "the rule is left out: " + err.Error()}}}
		}
	}
	t := translation{strict: r.action == rbacv3.RBAC_ALLOW, tcp: r.tcp}
	out := &rbacv3.Policy{}
	for _, to := range when.permissions(rule.GetTo(), at) {
		out.Permissions = append(out.Permissions, conjunction(&t, permissions, to))
	}
	for _, from := range when.principals(rule.GetFrom(), at) {
		out.Principals = append(out.Principals, conjunction(&t, principals, from))
	}
	if t.failed {
		return translatedRule{lost: t.lost}
	}
	return translatedRule{policy: out, lost: t.lost}
}

// The conditions of a rule, which hold for each of its "from" and "to" entries.
type conditions struct {
	namespace string // of the policy
	domains   trustDomains
	to        []clause[rbacv3.Permission]
	from      []clause[rbacv3.Principal]
}

// add takes one condition of "when" in. An attribute that Istio does not know is an error.
func (w *conditions) add(cond *security.Condition, at string) error {
	field, not := at+".values", at+".notValues"
	if c, ok := permissionClause(cond.GetKey()); ok {
		c.field, c.notField, c.values, c.not = field, not, cond.GetValues(), cond.GetNotValues()
		w.to = ask(w.to, c)
		return nil
	}
	c, ok := principalClause(cond.GetKey(), w.namespace)
	if !ok {
		return fmt.Errorf("unknown attribute %q", cond.GetKey())
	}
	c.field, c.notField = field, not
	c.values, c.not = w.domains.apply(cond.GetKey(), cond.GetValues()), w.domains.apply(cond.GetKey(), cond.GetNotValues())
	w.from = ask(w.from, c)
	return nil
}

// permissions returns the clauses of each "to" entry, with the conditions behind them.
func (w *conditions) permissions(to []*security.Rule_To, at string) [][]clause[rbacv3.Permission] {
	if len(to) == 0 {
		return [][]clause[rbacv3.Permission]{w.to}
	}
	var out [][]clause[rbacv3.Permission]
	for i, t := range to {
		own := operationClauses(t.GetOperation(), source.Index(at+".to", i)+".operation.")
		out = append(out, slices.Concat(own, w.to))
	}
	return out
}

// principals returns the clauses of each "from" entry, with the conditions behind them.
func (w *conditions) principals(from []*security.Rule_From, at string) [][]clause[rbacv3.Principal] {
	if len(from) == 0 {
		return [][]clause[rbacv3.Principal]{w.from}
	}
	var out [][]clause[rbacv3.Principal]
	for i, f := range from {
		own := w.sourceClauses(f.GetSource(), source.Index(at+".from", i)+".source.")
		out = append(out, slices.Concat(own, w.from))
	}
	return out
}

// sourceClauses are what a "from" entry asks for.
func (w *conditions) sourceClauses(s *security.Source, at string) []clause[rbacv3.Principal] {
	var out []clause[rbacv3.Principal]
	add := func(name, attribute string, values, not []string) {
		c, _ := principalClause(attribute, w.namespace)
		c.field, c.notField = at+name, at+"not"+strings.ToUpper(name[:1])+name[1:]
		c.values, c.not = w.domains.apply(attribute, values), w.domains.apply(attribute, not)
		out = ask(out, c)
	}
	add("principals", "source.principal", s.GetPrincipals(), s.GetNotPrincipals())
	add("requestPrincipals", "request.auth.principal", s.GetRequestPrincipals(), s.GetNotRequestPrincipals())
	add("serviceAccounts", "source.serviceAccount", s.GetServiceAccounts(), s.GetNotServiceAccounts())
	add("trustDomains", "source.trustDomain", s.GetTrustDomains(), s.GetNotTrustDomains())
	add("namespaces", "source.namespace", s.GetNamespaces(), s.GetNotNamespaces())
	add("remoteIpBlocks", "remote.ip", s.GetRemoteIpBlocks(), s.GetNotRemoteIpBlocks())
	add("ipBlocks", "source.ip", s.GetIpBlocks(), s.GetNotIpBlocks())
	return out
}

// A ruleset translates the rules of policies that share an action.
type ruleset struct {
	domains trustDomains
	action  rbacv3.RBAC_Action
	tcp     bool
	prefix  string // of the names of rules
	suffix  string
}
