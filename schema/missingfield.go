package schema

import (
	"fmt"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// MissingField finds a field that is not there. What else the document says is not wrong for it.
var MissingField = &diag.Check{
	ID: "SEM022", Title: "required field is missing", Severity: diag.Error, Stage: diag.NoStage, Fixable: true,
	Why: "The API server or Istio's webhook rejects the resource without this field.",
	Fix: "Add the field.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolution: DNS
  ports: [{number: 443, protocol: TLS}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolution: DNS
  ports: [{number: 443, name: tls-443, protocol: TLS}]
`,
}

func wordAbsent(d *diag.Diagnostic, m mistake) {
	d.Check = MissingField
	name, holder, within := m.missingMarker, m.node, m.term
	if name == "" {
		name, holder, within = m.key(), m.holder, m.within()
	}
	if s := structural(within); s != nil {
		d.Message = s.wants(holder, name)
		d.Help = adviceFor(d.Message, name)
	}
	if d.Message == "" {
		d.Message, d.Help = fmt.Sprintf("%s has no %s, which is required", called(m.parent), name), "add "+name
	}
}

// wants returns the schema's words for a required field that a map does not have, which a guard may say.
func (t *structure) wants(n *source.Node, name string) string {
	if i, ok := t.index[name]; ok && t.fields[i].required && t.fields[i].missing != "" {
		return t.fields[i].missing
	}
	if words := t.demands[name]; words != "" {
		return words
	}
	for _, g := range t.guards {
		if holds := g.holds(n); holds.kind == isBool && holds.truth {
			if words := g.then.wants(n, name); words != "" {
				return words
			}
		}
	}
	return ""
}
