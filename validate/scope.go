package validate

import (
	"strings"
	"sync"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// Registry says what a host means that the input does not hold.
type Registry string

// The registries. The empty value decides host by host: a Kubernetes name of a namespace whose Services the input holds is
// wrong, every other is unknown.
const (
	Open   Registry = "open"   // unknown: no finding
	Closed Registry = "closed" // wrong
)

// A Scope is what the checks look at. They run side by side, so that what one of them works out for all is a lazy value.
type Scope struct {
	Mesh     *mesh.Mesh
	Objects  []*config.Object // every object of the input, in its order
	Registry Registry

	// Subjects are the documents about which findings are wanted; nil for all. Partners and rivals of the subjects are looked for
	// in all of the mesh. Findings about no document are wanted only where all are.
	Subjects map[*source.Document]bool

	focused  lazy[*focus]                     // see focus
	holdings lazy[map[string]map[string]bool] // by kind, the namespaces that the input holds objects of
	entries  lazy[map[string][]*mesh.Service] // of ServiceEntries, by namespace
	labelled lazy[labelIndex]                 // workloads by their labels
	picked   lazy[labelIndex]                 // those of the mesh, see selected
	clients  memo[string, *mesh.View]         // by namespace
	goals    memo[*config.Object, []target]   // see targets

	rules  lazy[map[string][]*config.Object]          // DestinationRules by full host
	wild   lazy[map[string]map[string]*config.Object] // see wildcardRules
	sealed lazy[map[hostPort]bool]                    // see encrypted

	all, chosen struct { // of everything, and of the subjects
		aims    lazy[[]aim]      // see eachTarget
		secured lazy[[]secured]  // see securedPorts
		sockets lazy[[][]server] // see sharedPorts
	}

	demands memo[string, demand]  // by namespace, see demandOf
	lax     lazy[map[string]bool] // see relaxed

	routed   lazy[map[hostPort]bool]   // see routedAt
	used     lazy[map[hostSubset]bool] // see usedSubset
	routings lazy[map[string]routing]  // see routesTo
	rivals   lazy[map[string]int]      // see rivalsFor
	dropped  lazy[map[place]string]    // see droppedAt

	bound      lazy[map[string][]*config.Object]        // see rulesAt
	gateways   lazy[map[string][]*config.Object]        // see selecting
	fronted    lazy[map[labelKey][]int]                 // see fronts
	listeners  lazy[map[uint32]portUse]                 // see anyAddress
	selectedBy lazy[map[*config.Object][]*mesh.Service] // see selectors
}

// A lazy value is worked out when a check first asks for it. The zero one is ready to use.
type lazy[V any] struct {
	once  sync.Once
	value V
}

func (l *lazy[V]) get(workOut func() V) V {
	l.once.Do(func() { l.value = workOut() })
	return l.value
}

// A memo keeps what was worked out for a key. The zero one is ready to use.
type memo[K comparable, V any] struct {
	mu    sync.RWMutex
	known map[K]V
}

func (m *memo[K, V]) get(key K, workOut func() V) V {
	m.mu.RLock()
	value, ok := m.known[key]
	m.mu.RUnlock()
	if ok {
		return value
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if value, ok = m.known[key]; !ok {
		if m.known == nil {
			m.known = map[K]V{}
		}
		value = workOut()
		m.known[key] = value
	}
	return value
}

// holds says whether the input holds any object of a kind in a namespace.
func (s *Scope) holds(kind, namespace string) bool { return s.held()[kind][namespace] }

// holdsKind says whether the input holds any object of a kind: where it holds none, nothing can be said of those that are
// missing.
func (s *Scope) holdsKind(kind string) bool { return len(s.held()[kind]) > 0 }

// held returns the namespaces that the input holds objects of, by kind.
func (s *Scope) held() map[string]map[string]bool {
	return s.holdings.get(func() map[string]map[string]bool {
		held := map[string]map[string]bool{}
		for _, o := range s.Objects {
			if held[o.Kind] == nil {
				held[o.Kind] = map[string]bool{}
			}
			held[o.Kind][o.Namespace] = true
		}
		return held
	})
}

// client returns what an ordinary workload of a namespace sees. Checks that depend on who asks evaluate it for each namespace
// in question.
func (s *Scope) client(namespace string) *mesh.View {
	return s.clients.get(namespace, func() *mesh.View {
		return s.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: namespace, Name: "client"})
	})
}

// A hostPort is a port of a host.
type hostPort struct {
	host string
	port uint32
}

// A standing is what the input says of a host.
type standing int

const (
	unknown standing = iota // the input cannot say
	known                   // a service has this host, or a wildcard that covers it
	wrong                   // there is plainly no such host
)

// standing looks a full host name up.
func (s *Scope) standing(host string) standing {
	if len(s.services(host)) > 0 {
		return known
	}
	switch s.Registry {
	case Closed:
		return wrong
	case Open:
		return unknown
	}
	if ns, ok := s.namespaceOf(host); ok && s.holds("Service", ns) {
		return wrong
	}
	return unknown
}

// services returns the services of a host, and where there is none those whose wildcard host covers it.
func (s *Scope) services(host string) []*mesh.Service {
	if exact := s.Mesh.ServicesOf(host); len(exact) > 0 {
		return exact
	}
	return s.Mesh.Covering(host)
}

// rulesFor returns the DestinationRules of precisely this host, in force or not, the oldest first.
func (s *Scope) rulesFor(host string) []*config.Object {
	return s.rules.get(func() map[string][]*config.Object {
		rules := map[string][]*config.Object{}
		for _, o := range s.Mesh.Objects("DestinationRule") {
			host := s.full(config.Spec[*networking.DestinationRule](o).GetHost(), o)
			rules[host] = append(rules[host], o)
		}
		return rules
	})[host]
}

// namespaceOf returns the namespace of a host that is a Kubernetes Service's full name.
func (s *Scope) namespaceOf(host string) (string, bool) {
	name, ok := strings.CutSuffix(host, ".svc."+s.Mesh.Settings.Domain)
	if !ok {
		return "", false
	}
	_, ns, ok := strings.Cut(name, ".")
	return ns, ok && ns != "" && !strings.Contains(ns, ".")
}

// full completes a short host name of a document.
func (s *Scope) full(host string, o *config.Object) string {
	return mesh.FullHost(host, o.Namespace, s.Mesh.Settings.Domain)
}

// A place is a field of an object.
type place struct {
	object *config.Object
	field  string
}

// portPlace is where a port of a service is written.
func portPlace(s *mesh.Service, p *mesh.Port) place {
	at := s.Written(p)
	return place{at.Object, at.Field}
}

func (p place) diag() diag.Place {
	if p.object == nil {
		return diag.Place{}
	}
	return diag.Place{Doc: p.object.Doc, Field: p.field}
}

// name is how messages call an object.
func name(o *config.Object) string { return o.Kind + " " + o.Namespace + "/" + o.Name }
