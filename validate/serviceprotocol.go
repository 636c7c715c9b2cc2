package validate

import (
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM280",
	Title:    "appProtocol is none that Istio knows",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `Where a port has an appProtocol, it alone says what the port speaks; the port's name does not count any more. Istio does not know
this one, and so detects the protocol connection by connection.`,
	Fix: `Write a protocol that Istio knows, such as http, http2, grpc, https, tls, tcp, mongo, redis, mysql or kubernetes.io/h2c; or leave
appProtocol out and name the port by its protocol.`,
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
		f := r.at(at.Sub("appProtocol"), "Istio does not know the protocol %q, and takes port %d for %s", *p.AppProtocol, p.Port, takenFor(p.Port))
		if prefix, _, _ := strings.Cut(p.Name, "-"); mesh.ParseProtocol(prefix) != mesh.Detected {
			f.help("leave appProtocol out, so that the port's name says %s", mesh.ParseProtocol(prefix))
		}
	})
}

// takenFor words what Istio makes of a port without a protocol.
func takenFor(number uint32) string {
	if slices.Contains(facts.ServerFirstPorts, number) {
		return "TCP"
	}
	return "what the first bytes of each connection look like"
}

var _ = register(diag.Check{
	ID:       "SEM281",
	Title:    "port is taken for TCP because of its number",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `Neither the name nor the appProtocol of the port says what it speaks. The protocol of such ports is detected from what the client
sends first, except at 25, 53, 3306 and 27017: their servers usually speak first, and so Istio takes them for TCP.`,
	Fix: `Say the protocol in the name or the appProtocol: tcp to leave it so, mysql or mongo where the proxy is to read it.`,
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
			r.at(at, "port %d is taken for TCP, as nothing says its protocol", p.Port)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM285",
	Title:    "ExternalName Service stands for a host that does not exist",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `An ExternalName Service is another name for a host: requests for it are routed as those for the host. No Service and no ServiceEntry
registers this one, so that the name is not routed at all, and goes where unknown hosts go. The Service's own ports do not matter.`,
	Fix: `Correct externalName, or register the host by a ServiceEntry.`,
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
		f := r.at(facts.At(svc.Object, "spec.externalName"), "no service has the host %q", svc.ExternalName)
		if near := s.Hosts.Nearest(svc.ExternalName); near != "" {
			f.help("did you mean %q?", near)
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM286",
	Title:    "DestinationRule for an ExternalName Service",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `An ExternalName Service has no endpoints and no cluster of its own: traffic to it is traffic to the host that it stands for, and goes
by the DestinationRule of that host. This rule has no effect.`,
	Fix: `Write the rule for the host that the Service stands for.`,
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
			r.at(facts.At(o, "spec.host"), "%q is an ExternalName Service, so that the rule has no effect", svc.Host).
				help("write host: %s", svc.ExternalName).
				related(facts.At(svc.Object, "spec.externalName"), "it stands for this host")
		}
	}
}
