package validate

import (
	"fmt"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM081",
	Title:    "port name is used twice in one gateway",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Fixable:  true,
	Why:      `Route tables of a gateway are named after the port name, which must be unique.`,
	Fix:      `Use a unique name for each server's port.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com]}
  - {port: {number: 8080, name: http, protocol: HTTP}, hosts: [b.example.com]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com]}
  - {port: {number: 8080, name: http-8080, protocol: HTTP}, hosts: [b.example.com]}
`,
}, serverPorts)

func serverPorts(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Gateway", func(o *config.Object, spec *networking.Gateway) {
		seen := map[string]int{}
		at := func(i int) facts.Place { return facts.At(o, "spec.servers").Item(i).Sub("port.name") }
		for i, server := range spec.Servers {
			if server.GetPort() == nil {
				continue
			}
			name := server.Port.Name
			if first, twice := seen[name]; twice {
				found := r.at(at(i), "port name %q is used twice", name).related(at(first), "first used here").rejected()
				if free := freeName(spec, server.Port); free != "" && name != "" {
					found.fix(diag.Set(at(i).Source(), source.Text(free)))
				}
				continue
			}
			seen[name] = i
		}
	})
}

// freeName is a name for a port that no other one of the gateway has, "" where there is none in the usual form.
func freeName(spec *networking.Gateway, port *networking.Port) string {
	name := fmt.Sprintf("%s-%d", strings.ToLower(port.GetProtocol()), port.GetNumber())
	if slices.ContainsFunc(spec.GetServers(), func(s *networking.Server) bool { return s.GetPort().GetName() == name }) {
		return ""
	}
	return name
}
