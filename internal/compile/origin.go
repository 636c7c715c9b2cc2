package compile

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/types/known/structpb"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// A ledger holds the origins of everything that was built so far. Those of routes, which are many and of which a trace
// asks for a few, are worked out when they are asked for. It is safe for concurrent use.
type ledger struct {
	closed   bool // takes nothing, since nobody will ask
	mu       sync.RWMutex
	origins  envoy.Origins
	deferred map[envoy.Addr]func() trail // by the address of the resource or part whose trail it is
}

// of returns the origins of an address.
func (l *ledger) of(at envoy.Addr) []envoy.Origin {
	for owner := at; ; {
		l.expand(owner)
		i := strings.LastIndexByte(string(owner), '/')
		if i < 0 {
			break
		}
		owner = owner[:i]
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.origins[at]
}

// expand works out what was put off for an address.
func (l *ledger) expand(at envoy.Addr) {
	l.mu.RLock()
	work := l.deferred[at]
	l.mu.RUnlock()
	if work == nil {
		return
	}
	t := work()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deferred[at] != nil {
		delete(l.deferred, at)
		l.put(at, t)
	}
}

// all returns every origin.
func (l *ledger) all() envoy.Origins {
	l.mu.RLock()
	owners := slices.Collect(maps.Keys(l.deferred))
	l.mu.RUnlock()
	for _, at := range owners {
		l.expand(at)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := envoy.Origins{}
	maps.Copy(out, l.origins)
	return out
}

// later records a trail that is worked out once it is asked for.
func (l *ledger) later(at envoy.Addr, work func() trail) {
	if l.closed {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deferred == nil {
		l.deferred = map[envoy.Addr]func() trail{}
	}
	l.deferred[at] = work
}

// record writes origins down at an address. A resource is built once, so nothing is recorded twice.
func (l *ledger) record(at envoy.Addr, origins ...envoy.Origin) {
	var t trail
	t.add("", origins...)
	l.settle(at, t)
}

// settle records a trail once the address is known.
func (l *ledger) settle(at envoy.Addr, t trail) {
	if l.closed {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.put(at, t)
}

func (l *ledger) put(at envoy.Addr, t trail) {
	if l.origins == nil {
		l.origins = envoy.Origins{}
	}
	t.put(l.origins, at)
}

// A trail is the origins of something whose address is not known yet: a route before it has its place in a virtual
// host, a filter chain before the listener's conflicts are settled.
type trail []mark

type mark struct {
	part   string // of the thing: "rewrite", "match/0"; "" for the thing itself
	origin envoy.Origin
}

// put writes a trail down once the address of its thing is known.
func (t trail) put(to envoy.Origins, at envoy.Addr) {
	for _, m := range t {
		if m.part == "" {
			to.Add(at, m.origin)
		} else {
			to.Add(at.Part(m.part), m.origin)
		}
	}
}

// add notes origins of a part. Several services of one field follow each other, so a repetition is left out.
func (t *trail) add(part string, origins ...envoy.Origin) {
	for _, o := range origins {
		m := mark{part, o}
		if n := len(*t); n == 0 || (*t)[n-1] != m {
			*t = append(*t, m)
		}
	}
}

// yield notes that others, whose origins are given, wanted the same thing and lost it to the trail's owner. What both
// were made from is no loss.
func (t *trail) yield(others trail, what string) {
	winner := t.object()
	for _, m := range others {
		if m.part != "" || m.origin.Role != envoy.Defines || t.has(m.origin) {
			continue
		}
		o := m.origin
		o.Role, o.Note = envoy.Overridden, winner.Kind+" "+winner.Namespace+"/"+winner.Name+" comes first for "+what
		t.add("", o)
	}
}

func (t trail) has(o envoy.Origin) bool {
	return slices.ContainsFunc(t, func(m mark) bool { return m.part == "" && m.origin.Doc == o.Doc && m.origin.Field == o.Field })
}

// object is the object of the first origin, the deciding one.
func (t trail) object() envoy.Object {
	if len(t) == 0 {
		return envoy.Object{}
	}
	return t[0].origin.Object
}

// defines, modifies and overridden are the origin of a field of an object, in each of the three roles.
func defines(o *config.Object, field string) envoy.Origin { return originOf(o, field, envoy.Defines) }

// definesField is the origin of a field that defines something.
func definesField(at config.Place) envoy.Origin { return defines(at.Object, at.Field) }

func modifies(o *config.Object, field string) envoy.Origin { return originOf(o, field, envoy.Modifies) }

func overridden(l mesh.Loser) envoy.Origin {
	origin := originOf(l.Object, l.Field, envoy.Overridden)
	origin.Note = l.Reason
	return origin
}

// definesPort is the origin of a port of a service.
func definesPort(s *mesh.Service, p *mesh.Port) envoy.Origin {
	at := s.Written(p)
	return defines(at.Object, at.Field)
}

func originOf(o *config.Object, field string, role envoy.Role) envoy.Origin {
	origin := envoy.Of(o.Doc, field, role)
	origin.Object = envoy.Object{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
	return origin
}

// spelled are the origins of a field and of every value below it that its document spells out, so that each value of a
// resource leads back to the line that holds it.
func spelled(o *config.Object, field string) []envoy.Origin {
	return spelledAs(o, field, envoy.Defines)
}

func spelledAt(at config.Place) []envoy.Origin { return spelled(at.Object, at.Field) }

func spelledAs(o *config.Object, field string, role envoy.Role) []envoy.Origin {
	out := []envoy.Origin{originOf(o, field, role)}
	if o.Doc == nil {
		return out
	}
	for _, f := range values(nil, field, o.Doc.Lookup(field)) {
		if f != field {
			out = append(out, originOf(o, f, role))
		}
	}
	return out
}

// meshOrigin is the origin of a field of the mesh's settings, where a document sets it.
func (c *Compiler) meshOrigin(field string) []envoy.Origin {
	at := c.view.Mesh.Settings.Written(field)
	if at.Object == nil {
		return nil
	}
	return []envoy.Origin{modifies(at.Object, at.Field)}
}

// meshSpelled are the origins of such a field and of every value below it.
func (c *Compiler) meshSpelled(field string) []envoy.Origin {
	at := c.view.Mesh.Settings.Written(field)
	if at.Object == nil {
		return nil
	}
	return spelledAs(at.Object, at.Field, envoy.Modifies)
}

// listenerPart names the part of a filter chain or virtual host that tells why there is a listener for it. Many of them
// share one, whose own origins are those of the first.
const listenerPart = "listener"

// target names the part of a route or of a filter chain that is its n-th destination.
func target(n int) string { return "target/" + strconv.Itoa(n) }

// istioMetadata names the Istio object that a resource was made from, as istiod writes it into the resource.
func istioMetadata(o *config.Object) *corev3.Metadata {
	return &corev3.Metadata{FilterMetadata: map[string]*structpb.Struct{
		"istio": {Fields: map[string]*structpb.Value{"config": structpb.NewStringValue(selfLink(o))}},
	}}
}

// selfLink is the path of an object in the Kubernetes API; istiod always says v1.
func selfLink(o *config.Object) string {
	return "/apis/networking.istio.io/v1/namespaces/" + o.Namespace + "/" + kebab(o.Kind) + "/" + o.Name
}

// kebab turns "VirtualService" into "virtual-service".
func kebab(kind string) string {
	var b strings.Builder
	for i, r := range kind {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
