package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM089",
	Title:    "listeners of a Sidecar conflict",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why: `Each port and each Unix socket has one listener in each direction. An egress listener without a port covers all remaining ports, so there
can be only one, and it must be the last.`,
	Fix: `Merge the listeners of one port, and move the listener without a port to the end.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress: [{hosts: ["./*"]}, {port: {number: 9080, protocol: HTTP}, hosts: ["istio-system/*"]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress: [{port: {number: 9080, protocol: HTTP}, hosts: ["istio-system/*"]}, {hosts: ["./*"]}]
`,
}, listenerClash)

func listenerClash(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Sidecar", func(o *config.Object, spec *networking.Sidecar) {
		inbound := listeners{reporter: r, object: o, list: "spec.ingress", numbers: map[uint32]int{}}
		for i, l := range spec.Ingress {
			if l.GetPort() != nil {
				inbound.number(i, l.Port.Number)
			}
		}
		outbound := listeners{reporter: r, object: o, list: "spec.egress", numbers: map[uint32]int{}, sockets: map[string]int{}}
		for i, l := range spec.Egress {
			switch {
			case l.GetPort() == nil && i < len(spec.Egress)-1:
				r.at(outbound.at(i, ""), "the listener without a port must be the last").help("move it to the end of egress").rejected()
			case l.GetPort() == nil:
			case l.Port.Number == 0:
				outbound.socket(i, l.Bind)
			default:
				outbound.number(i, l.Port.Number)
			}
		}
	})
}

// listeners are those of one direction.
type listeners struct {
	*reporter
	object  *config.Object
	list    string
	numbers map[uint32]int
	sockets map[string]int
}

func (l listeners) at(i int, field string) facts.Place {
	return facts.At(l.object, l.list).Item(i).Sub(field)
}

func (l listeners) number(i int, number uint32) {
	if first, twice := l.numbers[number]; twice {
		l.reporter.at(l.at(i, "port.number"), "port %d has two listeners", number).help("merge the two listeners").related(l.at(first, "port"), "first declared here").rejected()
		return
	}
	l.numbers[number] = i
}

func (l listeners) socket(i int, path string) {
	if first, twice := l.sockets[path]; twice {
		l.reporter.at(l.at(i, "bind"), "socket %q has two listeners", path).help("merge the two listeners").related(l.at(first, "bind"), "first declared here").rejected()
		return
	}
	l.sockets[path] = i
}
