package world

import (
	"net/netip"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
)

// inputs are the objects of an input by what they are asked for.
type inputs struct {
	services  []*config.Object
	pods      []*config.Object
	templates []*config.Object // what makes Pods
	named     map[key]*config.Object
	podsOf    map[string][]*config.Object // by namespace
	makersOf  map[string][]*config.Object // templates by namespace
	slices    []*config.Object            // EndpointSlices and Endpoints
	gateways  []*config.Object            // of the Gateway API

	listenerSets []*config.Object
	configMaps   []*config.Object
	secrets      map[string]bool // namespaces with Secrets
	livePods     map[string]bool // namespaces with Pods that were read from a cluster
	ipv6         bool            // all addresses are of IPv6
	addresses    map[string]bool
}

type key struct{ kind, namespace, name string }

func read(objects []*config.Object) inputs {
	in := inputs{named: map[key]*config.Object{}, podsOf: map[string][]*config.Object{}, makersOf: map[string][]*config.Object{}, livePods: map[string]bool{}, secrets: map[string]bool{}, addresses: map[string]bool{}}
	for _, o := range objects {
		in.named[key{o.Kind, o.Namespace, o.Name}] = o
	}
	for _, o := range objects {
		if in.named[key{o.Kind, o.Namespace, o.Name}] == o {
			in.add(o)
		}
	}
	in.ipv6 = len(in.addresses) > 0
	for a := range in.addresses {
		if ip, err := netip.ParseAddr(a); err == nil && ip.Is4() {
			in.ipv6 = false
		}
	}
	return in
}

func (in *inputs) add(o *config.Object) {
	switch spec := o.Spec.(type) {
	case *config.Service:
		in.services = append(in.services, o)
		in.address(spec.Spec.ClusterIP)
	case *config.Pod:
		in.pods = append(in.pods, o)
		in.podsOf[o.Namespace] = append(in.podsOf[o.Namespace], o)
		in.livePods[o.Namespace] = in.livePods[o.Namespace] || o.Live
		in.address(spec.Status.PodIP)
	case *config.Workload:
		in.templates = append(in.templates, o)
		in.makersOf[o.Namespace] = append(in.makersOf[o.Namespace], o)
	case *gatewayapi.Gateway:
		in.gateways = append(in.gateways, o)
	case *gatewayapi.ListenerSet:
		in.listenerSets = append(in.listenerSets, o)
	case *config.ConfigMap:
		in.configMaps = append(in.configMaps, o)
	case *config.Secret:
		in.secrets[o.Namespace] = true
	case *config.EndpointSlice, *config.Endpoints:
		in.slices = append(in.slices, o)
	}
}

func (in *inputs) address(text string) {
	if _, err := netip.ParseAddr(text); err == nil {
		in.addresses[text] = true
	}
}

// Selects reports whether labels have all that a selector asks for. An empty selector selects nothing.
func Selects(selector, labels map[string]string) bool { return selects(selector, labels) }

// selects reports whether labels have all that a selector asks for. An empty selector selects nothing.
func selects(selector, labels map[string]string) bool {
	for k, v := range selector {
		if got, ok := labels[k]; !ok || got != v {
			return false
		}
	}
	return len(selector) > 0
}
