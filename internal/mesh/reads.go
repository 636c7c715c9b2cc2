package mesh

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"sem.example/internal/config"
)

// Reads are the questions that were asked about the proxy of a view while something was built for it, with the answers. What
// was built is right for every proxy that answers them alike, see [Reads.Agree]. It grows for as long as something is built.
type Reads struct {
	mu    sync.RWMutex
	asked map[question]bool
	list  []answered
}

// An answered is a question with the answer of the proxy that was asked.
type answered struct {
	question
	said any
}

// A question is something that decides what is built for a proxy. It is comparable, and so are its answers.
type question interface{ answer(v *View) any }

// Agree reports whether the proxy of another view gives the recorded answers, from a number of them on, and how many there
// are.
func (r *Reads) Agree(v *View, from int) (n int, ok bool) {
	r.mu.RLock()
	list := r.list
	r.mu.RUnlock()
	for _, a := range list[from:] {
		if a.answer(v) != a.said {
			return 0, false
		}
	}
	return len(list), true
}

func (r *Reads) add(q question, v *View) {
	r.mu.RLock()
	known := r.asked[q]
	r.mu.RUnlock()
	if known {
		return
	}
	said := q.answer(v)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked == nil {
		r.asked = map[question]bool{}
	}
	if !r.asked[q] {
		r.asked[q] = true
		r.list = append(r.list, answered{q, said})
	}
}

// Record returns a view of the same proxy that records what is read of the proxy.
func Record(v *View) *View {
	out := v.Mesh.viewWith(v.proxy, v.Sidecar)
	out.reads = &Reads{}
	out.Proxy().record(visibleConfig)
	return out
}

// VisibleConfig is the configuration that proxies see that differ in nothing but themselves: the same services and rules, by the same Sidecar.
type VisibleConfig struct {
	services *sidecarScope
	sidecar  *config.Object
}

// VisibleConfigOf returns what the proxy of a view sees.
func VisibleConfigOf(v *View) VisibleConfig { return VisibleConfig{v.scope.sidecarScope, v.Sidecar} }

// ReadsOf returns what was read of the proxy of a recorded view so far; nil for another view.
func ReadsOf(v *View) *Reads { return v.reads }

// An attribute is a question that has one answer for each proxy.
type attribute int

const (
	visibleConfig attribute = iota // what the view is made from
	namespace
	hasLabels
	ipFamilies
	locality
	network
	node
	dnsCapture
	interception
	http10
	everything
)

func (a attribute) answer(v *View) any {
	p := &v.proxy
	switch a {
	case visibleConfig:
		return VisibleConfigOf(v)
	case namespace:
		return p.Namespace
	case hasLabels:
		return len(p.Labels) > 0
	case ipFamilies:
		return families(p.IPs)
	case locality:
		return p.Locality
	case network:
		return p.Network
	case node:
		return p.Node
	case dnsCapture:
		return p.DNSCapture
	case interception:
		return p.Interception()
	case http10:
		return p.AcceptsHTTP10()
	}
	return fmt.Sprintf("%+v", *p)
}

// A namespaceIs asks whether the proxy is in a namespace.
type namespaceIs string

func (q namespaceIs) answer(v *View) any { return v.proxy.Namespace == string(q) }

// A labelOf asks for a label of the proxy by its name.
type labelOf string

func (q labelOf) answer(v *View) any {
	value, ok := v.proxy.Labels[string(q)]
	return labelValue{value, ok}
}

type labelValue struct {
	value string
	ok    bool
}

// A hasLabel asks whether the proxy has a label of a name and value.
type hasLabel struct{ name, value string }

func (q hasLabel) answer(v *View) any {
	value, ok := v.proxy.Labels[q.name]
	return ok && value == q.value
}

// A firstAddress asks whether an address is the proxy's first.
type firstAddress netip.Addr

func (q firstAddress) answer(v *View) any {
	return len(v.proxy.IPs) > 0 && v.proxy.IPs[0] == netip.Addr(q)
}

// A rulesFor asks which DestinationRules decide for a service where several rules cover its host.
type rulesFor hostAndNamespace

func (q rulesFor) answer(v *View) any {
	var out strings.Builder
	for _, m := range v.Mesh.rules.forClient(v.proxy.Namespace, v.Mesh.Settings.Config.RootNamespace, hostAndNamespace(q)) {
		for _, o := range m.From {
			fmt.Fprintf(&out, "%p ", o)
		}
		out.WriteByte(';')
	}
	return out.String()
}

// A mayUse asks whether exportTo lets the proxy use a DestinationRule.
type mayUse struct{ *config.Object }

func (q mayUse) answer(v *View) any {
	return ruleVisible(q.Object, v.proxy.Namespace, v.Mesh.Settings)
}
