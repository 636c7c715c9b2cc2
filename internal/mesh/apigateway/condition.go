package apigateway

import (
	"strings"

	"sem.example/internal/config"
)

// A Condition is a condition that is false in the status of a resource of the Gateway API, as Istio's controller would write it.
type Condition struct {
	Type    string       // "Accepted", "ResolvedRefs", "Programmed", "Ignored"
	Reason  string       // of the Gateway API: "NoMatchingParent", "RefNotPermitted", …
	At      config.Place // the field that is wrong
	Other   config.Place // what it does not fit, or conflicts with; the zero place for nothing
	Message string
	Missing Missing // what a reference names that the input does not have; the zero Missing for nothing
}

// Missing names an object that the input does not have, which may be elsewhere.
type Missing struct{ Kind, Namespace, Name string }

// The types of conditions.
const (
	accepted     = "Accepted"
	resolvedRefs = "ResolvedRefs"
	programmed   = "Programmed"
	ignoredField = "Ignored" // is not in any status: Istio does not use a field
)

// A status gathers the conditions of all resources.
type status struct {
	conditions []Condition
	failed     map[failure]bool
}

// A failure is what a condition is recorded for once.
type failure struct {
	kind string
	at   config.Place
}

// fail records a condition, once for a place.
func (s *status) fail(c Condition) {
	f := failure{c.Type, c.At}
	if s.failed[f] {
		return
	}
	if s.failed == nil {
		s.failed = map[failure]bool{}
	}
	s.failed[f] = true
	s.conditions = append(s.conditions, c)
}

// named is how messages name an object.
func named(o *config.Object) string { return o.KindName() + " " + o.Namespace + "/" + o.Name }

func shortKind(kind string) string { return kind[strings.LastIndexByte(kind, '/')+1:] }
