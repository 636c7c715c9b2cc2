package validate

import (
	"slices"
	"strconv"
	"strings"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM307",
	Title:    "HTTP condition of a policy on a TCP port",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Every selected workload has TCP on the ports of the rule, or on all its ports. On a TCP port the proxy knows no hosts, methods and paths: an
ALLOW rule with such a condition never matches, and a DENY rule denies every connection to the port.`,
	Fix: `Remove the condition, or declare the port as HTTP in the Service.`,
	Wrong: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec:
  template:
    metadata: {labels: {app: db}}
    spec: {}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  selector: {app: db}
  ports: [{name: tcp-db, port: 5432}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  rules:
  - to: [{operation: {ports: ["5432"], methods: [GET]}}]
`,
	Right: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec:
  template:
    metadata: {labels: {app: db}}
    spec: {}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  selector: {app: db}
  ports: [{name: tcp-db, port: 5432}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  rules:
  - to: [{operation: {ports: ["5432"]}}]
`,
}, httpOfTCP)

func httpOfTCP(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "AuthorizationPolicy", func(o *config.Object, spec *security.AuthorizationPolicy) {
		labels := spec.GetSelector().GetMatchLabels()
		if len(labels) == 0 || spec.GetAction() != security.AuthorizationPolicy_ALLOW && spec.GetAction() != security.AuthorizationPolicy_DENY {
			return
		}
		for i, rule := range spec.GetRules() {
			for j, t := range rule.GetTo() {
				field, ports := httpField(t.GetOperation()), t.GetOperation().GetPorts()
				if field == "" || !allTCP(s, o, labels, ports) {
					continue
				}
				at := facts.At(o, "spec.rules").Item(i).Sub("to").Item(j).Sub("operation").Sub(field)
				switch named, deny := strings.Join(ports, ", "), spec.GetAction() == security.AuthorizationPolicy_DENY; {
				case deny && named != "": // without ports, SEM096 says so
					r.at(at, "%s has no effect: port %s is TCP, and the rule denies every connection to it", field, named)
				case deny:
				case named == "":
					r.at(at, "the rule never matches: every port of these workloads is TCP, and %s needs HTTP", field)
				default:
					r.at(at, "the rule never matches: port %s is TCP, and %s needs HTTP", named, field)
				}
			}
		}
	})
}

// httpField is the first condition of an operation that only HTTP has; "" where there is none.
func httpField(op *security.Operation) string {
	for _, f := range []struct {
		name   string
		values []string
	}{
		{"hosts", op.GetHosts()}, {"notHosts", op.GetNotHosts()}, {"methods", op.GetMethods()}, {"notMethods", op.GetNotMethods()},
		{"paths", op.GetPaths()}, {"notPaths", op.GetNotPaths()},
	} {
		if len(f.values) > 0 {
			return f.name
		}
	}
	return ""
}

// allTCP reports whether ports are TCP at every workload that a policy selects, as the Services of the workloads declare them. Without
// ports it is about all that they declare.
func allTCP(s *facts.Set, o *config.Object, labels map[string]string, ports []string) bool {
	workloads := s.Workloads.OfPolicy(o, labels)
	if len(workloads) == 0 {
		return false
	}
	if len(ports) == 0 {
		return !slices.ContainsFunc(workloads, func(w *config.Object) bool { return !onlyTCP(s.Workloads.SelectedBy(w), 0) })
	}
	for _, text := range ports {
		n, err := strconv.ParseUint(text, 10, 16)
		for _, w := range workloads {
			if err != nil || !onlyTCP(s.Workloads.SelectedBy(w), uint32(n)) {
				return false
			}
		}
	}
	return true
}

// onlyTCP reports whether services declare a port of their workload, and all of them as TCP. 0 stands for every port.
func onlyTCP(services []*mesh.Service, number uint32) bool {
	declared := false
	for _, svc := range services {
		for _, p := range svc.Ports {
			switch {
			case number != 0 && p.TargetPortName != "":
				return false // a number that its Pods decide
			case number != 0 && p.TargetPort != number && (p.TargetPort != 0 || p.Number != number):
				continue
			case !facts.IsOpaque(p.Protocol):
				return false
			}
			declared = true
		}
	}
	return declared
}
