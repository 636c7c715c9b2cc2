package mesh

import (
	"net/netip"

	"sem.example/internal/mesh/registry"
)

// A ProxyReader answers questions about the proxy of a view. A recorded view keeps each with its answer, so a question should
// ask for no more than the result depends on.
type ProxyReader struct{ view *View }

// Proxy returns a reader of the proxy of the view.
func (v *View) Proxy() ProxyReader { return ProxyReader{v} }

func (r ProxyReader) record(q question) {
	if r.view.reads != nil {
		r.view.reads.add(q, r.view)
	}
}

func (r ProxyReader) read(q question) *Proxy {
	r.record(q)
	return &r.view.proxy
}

// All returns everything that is known about the proxy.
func (r ProxyReader) All() Proxy { return *r.read(everything) }

// Namespace returns the namespace of the proxy. Prefer [ProxyReader.In].
func (r ProxyReader) Namespace() string { return r.read(namespace).Namespace }

// In reports whether the proxy is in a namespace.
func (r ProxyReader) In(namespace string) bool {
	return r.read(namespaceIs(namespace)).Namespace == namespace
}

// OwnNames returns the namespace that completes short names, and does not record it: what is made of it must not be shared.
func (r ProxyReader) OwnNames() string { return r.view.proxy.Namespace }

// Label returns a label of the proxy.
func (r ProxyReader) Label(name string) (value string, ok bool) {
	value, ok = r.read(labelOf(name)).Labels[name]
	return value, ok
}

// HasLabels reports whether the proxy has labels at all.
func (r ProxyReader) HasLabels() bool { return len(r.read(hasLabels).Labels) > 0 }

// Selected reports whether the proxy has the labels of a selector.
func (r ProxyReader) Selected(selector map[string]string) bool {
	for name, value := range selector {
		r.record(hasLabel{name, value})
	}
	return registry.Selects(selector, r.view.proxy.Labels)
}

// IPs returns the addresses of the proxy. Prefer [ProxyReader.Families] and [ProxyReader.HasFirst].
func (r ProxyReader) IPs() []netip.Addr { return r.read(everything).IPs }

// Families returns the IP families of the addresses of the proxy; none where it has no addresses.
func (r ProxyReader) Families() Families { return families(r.read(ipFamilies).IPs) }

// HasFirst reports whether an address is the first one of the proxy.
func (r ProxyReader) HasFirst(ip netip.Addr) bool {
	ips := r.read(firstAddress(ip)).IPs
	return len(ips) > 0 && ips[0] == ip
}

// Locality returns where the proxy runs, as region/zone/subzone.
func (r ProxyReader) Locality() string { return r.read(locality).Locality }

// Network returns the network that the proxy is in.
func (r ProxyReader) Network() string { return r.read(network).Network }

// Node returns the node that the workload of the proxy runs on.
func (r ProxyReader) Node() string { return r.read(node).Node }

// DNSCapture reports whether the proxy answers the DNS queries of the application.
func (r ProxyReader) DNSCapture() bool { return r.read(dnsCapture).DNSCapture }

// Interception returns how the proxy gets connections.
func (r ProxyReader) Interception() registry.Interception { return r.read(interception).Interception() }

// AcceptsHTTP10 reports whether the node of the proxy asks for HTTP/1.0.
func (r ProxyReader) AcceptsHTTP10() bool { return r.read(http10).AcceptsHTTP10() }

// Families are IP families.
type Families struct{ V4, V6 bool }

func families(ips []netip.Addr) Families {
	var f Families
	for _, ip := range ips {
		if ip.Unmap().Is4() {
			f.V4 = true
		} else {
			f.V6 = true
		}
	}
	return f
}
