package simulate

import (
	"fmt"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/listener"
	"sem.example/simulate/internal/network"
	"sem.example/simulate/internal/rbac"
)

// reports are the rules that shadow rules of a chain matched, for the filters behind them.
type reports map[network.Report]string

// report evaluates the shadow rules of a network filter.
func (h *hopTrace) report(c *listener.Chain, f *network.NetworkFilter, to reports) {
	rules, key := f.Reports()
	if rules == nil {
		return
	}
	asked := &rbac.Input{Conn: &h.conn, From: h.conn.Source.Addr()}
	d := rules.Allows(asked)
	filters := c.Filters()
	for i := range filters {
		if _, about, _ := filters[i].Authorizer(); about == key {
			d.Report(h.Recorder, c.Addr, asked, decision.Custom)
		}
	}
	to[key] = d.Policy
}

// askAuthorizer notes that an external authorizer decides about the connection, unless the filter is only for connections that shadow
// rules have reported and this is none of them. What the authorizer says is not known. It returns false where the filter asks none.
func (h *hopTrace) askAuthorizer(c *listener.Chain, f *network.NetworkFilter, reported reports) bool {
	cluster, about, all := f.Authorizer()
	if cluster == "" {
		return false
	}
	refused := decision.AuthorizerBranch{Verdict: decision.Denied}
	asks := decision.Authorizer{Cluster: cluster, Filter: f.Name, Denied: refused, Unavailable: refused}
	if f.FailsOpen() {
		asks.Unavailable = decision.AuthorizerBranch{}
	}
	what := fmt.Sprintf("the external authorizer at %s decides", cluster)
	if !all {
		rule := reported[about]
		if !f.AsksAbout(rule) {
			return true
		}
		asks.Rule = rule
		what += ", for rule " + rule
	}
	h.Hop.Authorizers = append(h.Hop.Authorizers, asks)
	h.Step("authorizer", cluster, decision.AsksAuthorizer{Authorizer: asks}, decision.Part(c.Addr, rbac.PolicyPart(asks.Rule)))
	h.NotModelled(what)
	return true
}
