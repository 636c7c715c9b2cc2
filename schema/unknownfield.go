package schema

import (
	"fmt"
	"strings"

	"sem.example/internal/diag"
)

var unknownField = &diag.Check{
	ID: "SEM020", Title: "unknown field", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The API server drops an unknown field or rejects the resource, depending on the client. Either way the setting has no effect: " +
		"for example, a misspelt timeout does not limit anything.",
	Fix: "Correct the spelling, or move the field to the right level.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolutoin: DNS
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolution: DNS
  ports: [{number: 443, name: tls, protocol: TLS}]
`,
}

func wordStranger(d *diag.Diagnostic, m mistake) {
	d.Check, d.At.Key = unknownField, true
	d.Message = fmt.Sprintf("unknown field %q", m.key())
	if m.parent != "" {
		d.Message += " in " + lastStep(m.parent)
	}
	known := names(m.within())
	switch near := diag.Nearest(m.key(), known); {
	case near != "":
		d.Help = fmt.Sprintf("did you mean %q?", near)
	case m.elsewhere() != "":
		d.Help = m.elsewhere()
	case len(known) > 0 && len(known) <= 8:
		d.Help = "valid fields: " + strings.Join(known, ", ")
	}
}

// names lists the fields of a map.
func names(t term) []string {
	s := structural(t)
	if s == nil {
		return nil
	}
	var found []string
	for _, f := range s.fields {
		if kindsOf(f.term) != 0 {
			found = append(found, f.name)
		}
	}
	return found
}

// elsewhere returns where a field belongs that is not known where it stands: in one of the maps around, or in one of the fields
// beside it. That is what a wrong indentation looks like.
func (m mistake) elsewhere() string {
	key := m.key()
	for i := len(m.ancestors) - 2; i >= 0; i-- {
		if fieldOf(m.ancestors[i].term, key) != nil && !isMapOf(m.ancestors[i].term) {
			return fmt.Sprintf("%q is a field of the parent level, %s: check the indentation", key, called(m.ancestors[i].path))
		}
	}
	if s := structural(m.within()); s != nil {
		for _, f := range s.fields {
			if inner := structural(f.term); inner != nil && len(inner.patterns) == 0 && fieldOf(inner, key) != nil {
				return fmt.Sprintf("%q is a field of %s: check the indentation", key, f.name)
			}
		}
	}
	return ""
}

// isMapOf reports whether a term accepts keys that the schema does not name.
func isMapOf(t term) bool {
	s := structural(t)
	return s != nil && (len(s.patterns) > 0 || s.open)
}

// lastStep is the last step of a path, which is what messages call a field.
func lastStep(path string) string { return path[strings.LastIndex(path, ".")+1:] }

// called is what a message calls a map, even the document itself.
func called(path string) string {
	if path == "" {
		return "the resource"
	}
	return lastStep(path)
}
