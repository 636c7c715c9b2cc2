package validate

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM280",
	Title:    "unknown appProtocol",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why:      `appProtocol overrides the port name. Istio does not know this value, so it detects the protocol of each connection.`,
	Fix: `Use a known value, such as http, http2, grpc, https, tls, tcp, mongo, redis, mysql or kubernetes.io/h2c, or remove appProtocol and set the
protocol in the port name.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{name: tcp-db, port: 5432, appProtocol: postgresql}]}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{name: tcp-db, port: 5432, appProtocol: tcp}]}
`,
	Aliases: []string{"KIA0602"},
}, unknownAppProtocol)

func unknownAppProtocol(s *facts.Set, r *reporter) {
	s.Hosts.EachUndeclaredPort(func(at facts.Place, p config.ServicePort) {
		if p.AppProtocol == nil {
			return
		}
		f := r.at(at.Sub("appProtocol"), "unknown appProtocol %q: Istio %s", *p.AppProtocol, takenFor(p.Port))
		if prefix, _, _ := strings.Cut(p.Name, "-"); mesh.ParseProtocol(prefix) != mesh.Detected {
			f.help("remove appProtocol to use %s from the port name", mesh.ParseProtocol(prefix))
		}
	})
}

// takenFor words what Istio makes of a port without a protocol.
func takenFor(number uint32) string {
	if slices.Contains(facts.ServerFirstPorts, number) {
		return fmt.Sprintf("treats port %d as TCP, because of its number", number)
	}
	return fmt.Sprintf("detects the protocol of each connection to port %d", number)
}

var _ = register(diag.Check{
	ID:       "SEM281",
	Title:    "port is treated as TCP because of its number",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `Neither the name nor the appProtocol of the port sets the protocol. Istio detects it from the first client bytes, except on ports 25, 53,
3306 and 27017, which usually serve server-first protocols: Istio treats them as TCP.`,
	Fix: `Set the protocol in the name or appProtocol: tcp to keep this behaviour, mysql or mongo for the protocol filters.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{name: db, port: 3306}]}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{name: tcp-db, port: 3306}]}
`,
	Aliases: []string{"IST0118", "KIA0601"},
}, wellKnownPort)

func wellKnownPort(s *facts.Set, r *reporter) {
	s.Hosts.EachUndeclaredPort(func(at facts.Place, p config.ServicePort) {
		if p.AppProtocol == nil && slices.Contains(facts.ServerFirstPorts, p.Port) {
			r.at(at, "port %d is treated as TCP without protocol detection: it is a well-known port, and neither its name nor appProtocol sets a protocol", p.Port)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM285",
	Title:    "ExternalName Service points to a host that does not exist",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `An ExternalName Service is an alias of a host. No Service and no ServiceEntry registers this host, so the alias is not routed: its
requests are treated as requests to an unknown host. The ports of the Service do not matter.`,
	Fix: `Correct externalName, or register the host with a ServiceEntry.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: comments, namespace: shop}
spec: {type: ExternalName, externalName: revews.shop.svc.cluster.local, ports: [{name: http, port: 80}]}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: comments, namespace: shop}
spec: {type: ExternalName, externalName: reviews.shop.svc.cluster.local, ports: [{name: http, port: 80}]}
`,
}, aliasOfNothing)

func aliasOfNothing(s *facts.Set, r *reporter) {
	for _, svc := range s.WantedServices() {
		if svc.Resolution != mesh.Alias || s.Hosts.Presence(svc.ExternalName) != facts.Absent {
			continue
		}
		f := r.at(facts.At(svc.Object, "spec.externalName"), "the alias is not routed: no Service or ServiceEntry has the host %q", svc.ExternalName)
		if near := s.Hosts.Nearest(svc.ExternalName); near != "" {
			f.help("did you mean %q?", near)
		}
		f.infoUnless(s.Hosts.Complete(svc.ExternalName))
	}
}

var _ = register(diag.Check{
	ID:       "SEM286",
	Title:    "DestinationRule for an ExternalName Service",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `An ExternalName Service has no endpoints and no cluster: its traffic uses the DestinationRule of the host that it points to. This
DestinationRule has no effect.`,
	Fix: `Write the DestinationRule for the host that the Service points to.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: partner, namespace: shop}
spec: {type: ExternalName, externalName: api.example.com}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: partner, namespace: shop}
spec:
  host: partner
  trafficPolicy: {tls: {mode: SIMPLE, caCertificates: /etc/ca.pem}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: partner, namespace: shop}
spec: {type: ExternalName, externalName: api.example.com}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: partner, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy: {tls: {mode: SIMPLE, caCertificates: /etc/ca.pem}}
`,
}, aliasRule)

func aliasRule(s *facts.Set, r *reporter) {
	for _, svc := range s.Mesh.Services {
		if svc.Resolution != mesh.Alias {
			continue
		}
		for _, o := range s.DestinationRules.Of(svc.Host) {
			r.at(facts.At(o, "spec.host"), "the DestinationRule has no effect: %q is an ExternalName Service", svc.Host).
				help("write host: %s", svc.ExternalName).
				related(facts.At(svc.Object, "spec.externalName"), "alias of this host")
		}
	}
}
