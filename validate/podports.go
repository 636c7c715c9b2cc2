package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM260",
	Title:    "workload port has conflicting protocols",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The sidecar has one inbound listener for each port of its workload. If several Services use the same port with different protocols, the
oldest Service sets the protocol. The requests of other clients are then misread: TCP that is parsed as HTTP is rejected, and HTTP that is
forwarded as TCP has no HTTP routes, telemetry or policies.`,
	Fix: `Declare the same protocol in all Services that use the port.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: web-raw, namespace: shop}
spec: {selector: {app: web}, ports: [{name: tcp, port: 9000, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: web-raw, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 9000, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
`,
	Aliases: []string{"IST0116", "IST0137"},
}, claimedTwice)

func claimedTwice(s *facts.Set, r *reporter) {
	type socket struct {
		workload *config.Object
		number   uint32
	}
	first := map[socket]declaration{}
	reported := map[facts.Place]bool{}
	for _, svc := range s.Mesh.Services {
		if !svc.Kubernetes() {
			continue
		}
		for _, w := range s.Workloads.Labelled(svc.Namespace, svc.Selector) {
			for _, p := range svc.Ports {
				number, ok := facts.PodPort(w, p)
				if !ok || p.Protocol == mesh.UDP || p.Protocol == mesh.Detected {
					continue
				}
				at, d := socket{w, number}, declaration{svc, p}
				older, taken := first[at]
				switch {
				case !taken:
					first[at] = d
				case older.port.Protocol.IsHTTP() != p.Protocol.IsHTTP() && !reported[d.place()]:
					reported[d.place()] = true
					r.at(d.place(), "port %d of %s is %s in this Service, but %s in Service %s", number, name(w), p.Protocol, older.port.Protocol, older.service.Name).
						related(older.place(), "the older Service takes precedence")
				}
			}
		}
	}
}

// A declaration is a port of a service.
type declaration struct {
	service *mesh.Service
	port    *mesh.Port
}

func (d declaration) place() facts.Place { return facts.PortPlace(d.service, d.port) }

var _ = register(diag.Check{
	ID:       "SEM268",
	Title:    "headless Service translates a port",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Clients of a headless Service connect to the addresses of its Pods directly, and nothing translates the port: they connect to the Service
port, but the application listens on targetPort.`,
	Fix: `Set port to the number that the Pods listen on.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{name: tcp, port: 80, targetPort: 5432}]}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{name: tcp, port: 5432, targetPort: 5432}]}
`,
}, headlessPort)

func headlessPort(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Service", func(o *config.Object, spec *config.Service) {
		if spec.Spec.ClusterIP != "None" {
			return
		}
		for i, p := range spec.Spec.Ports {
			if n := p.TargetPort.Number; n != 0 && n != p.Port {
				r.at(facts.At(o, "spec.ports").Item(i).Sub("targetPort"), "headless Service: clients connect to port %d of the Pods, not to %d", p.Port, n).
					help("set port: %d", n)
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM255",
	Title:    "two WorkloadGroups have the same labels",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A virtual machine that registers with a WorkloadGroup gets the labels of the group. ServiceEntries, Services and policies select workloads
by labels, so whatever selects the machines of one group also selects those of the other.`,
	Fix: `Add a label that differs between the two groups, or merge them.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: one, namespace: shop}
spec:
  metadata: {labels: {app: db}}
  template: {serviceAccount: db}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: two, namespace: shop}
spec:
  metadata: {labels: {app: db}}
  template: {serviceAccount: other}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: one, namespace: shop}
spec:
  metadata: {labels: {app: db, group: one}}
  template: {serviceAccount: db}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: two, namespace: shop}
spec:
  metadata: {labels: {app: db, group: two}}
  template: {serviceAccount: other}
`,
	Aliases: []string{"KIA1702"},
}, twinGroups)

func twinGroups(s *facts.Set, r *reporter) {
	first := map[string]*config.Object{}
	for _, o := range s.Objects {
		if _, ok := o.Spec.(*networking.WorkloadGroup); !ok {
			continue
		}
		labels := labelList(mesh.WorkloadLabels(o))
		key := o.Namespace + "/" + labels
		twin, taken := first[key]
		switch {
		case labels == "":
		case !taken:
			first[key] = o
		case twin.Name != o.Name:
			r.at(facts.At(o, "spec.metadata.labels"), "WorkloadGroup %s has the same labels (%s): a selector for one group also selects the workloads of the other", twin.Name, labels).
				related(facts.At(twin, "spec.metadata.labels"), "other WorkloadGroup")
		}
	}
}
