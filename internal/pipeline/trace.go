package pipeline

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"sem.example/internal/hostname"
	"sem.example/internal/mesh"
	"sem.example/simulate"
)

// Compile returns what a proxy runs, built on demand, once, and in common with proxies that send traffic alike.
func (w *World) Compile(p simulate.Proxy) (Resources, error) {
	e, err := w.engine(p)
	if err != nil {
		return nil, err
	}
	return e.compiler, nil
}

// View returns what a proxy sees of the mesh.
func (w *World) View(p simulate.Proxy) (*mesh.View, error) {
	e, err := w.engine(p)
	if err != nil {
		return nil, err
	}
	return e.view, nil
}

// TraceOptions say how far a call is followed, and how much the trace holds.
type TraceOptions struct {
	Why    bool // keep what each step rejected, and why
	Follow bool // go on to the proxies behind the endpoint, as far as the input knows them
}

// Trace follows a call through the proxy that it names. The error is for a proxy that cannot be understood.
func (w *World) Trace(call simulate.Call, opts TraceOptions) (*simulate.Trace, error) {
	e, err := w.engine(call.Proxy)
	if err != nil {
		return nil, err
	}
	t, err := w.trace(e, call, opts)
	if err != nil {
		return nil, err
	}
	w.assumed(t)
	return t, nil
}

func (w *World) trace(e *engine, call simulate.Call, opts TraceOptions) (*simulate.Trace, error) {
	if client, ok := w.bare(call); ok {
		return w.traceDirect(e, client, call, opts)
	}
	call.Address = dialled(call, e.lookUp)
	if full, err := call.Normal(); err == nil && call.Port == 0 && full.Direction != "outbound" {
		call.Port = e.compiler.ListenPort(full.Port) // a service stands before the proxy
	}
	var t *simulate.Trace
	if opts.Follow {
		t = e.simulator(opts).Follow(call, nextHops{world: w, opts: opts})
	} else {
		t = e.simulator(opts).Trace(call)
	}
	for _, n := range e.compiler.NotModelled() {
		t.NotModelled = append(t.NotModelled, n.What)
	}
	return t, nil
}

// proxy completes what was said of a proxy by what the input knows of its workload.
func (w *World) proxy(p simulate.Proxy) (mesh.Proxy, error) {
	said := mesh.Proxy{
		Type: mesh.Sidecar, Namespace: p.Namespace, Name: p.Name, Labels: p.Labels,
		Locality: p.Locality, Network: p.Network, ServiceAccount: p.ServiceAccount, DNSCapture: p.DNSCapture,
		Version: p.Version, Metadata: p.Metadata,
	}
	switch p.Type {
	case "", "sidecar":
	case "gateway", "router":
		said.Type = mesh.Gateway
	default:
		return said, fmt.Errorf("proxy type %q: use sidecar or gateway", p.Type)
	}
	for _, ip := range p.IPs {
		addr, err := netip.ParseAddr(ip)
		if err != nil {
			return said, fmt.Errorf("address %q of proxy %s/%s is no IP address", ip, p.Namespace, p.Name)
		}
		said.IPs = append(said.IPs, addr)
	}
	completed, _ := w.Mesh.Proxy(said)
	return completed, nil
}

// dialled returns the address that the application dials: what the call says, or else what a look-up of its host's name
// gives, "" where that is not known.
func dialled(call simulate.Call, lookUp func(name string) string) string {
	host := strings.ToLower(cmp.Or(call.Address, HostOf(call.URL)))
	if _, err := netip.ParseAddr(host); err == nil || strings.HasPrefix(host, "unix://") {
		return cmp.Or(call.Address, host)
	}
	return lookUp(strings.TrimSuffix(host, "."))
}

// lookUp returns the address that a look-up of a name gives the proxy's application, or "" for a name that only the
// world's DNS knows.
func (e *engine) lookUp(name string) string {
	for _, host := range e.view.SearchNames(name) {
		if s := e.view.Mesh.InDNS(host); s != nil && !e.view.Proxy.DNSCapture && s.DialAddress(e.view.Proxy) != "" {
			return s.DialAddress(e.view.Proxy)
		}
		if s := e.view.Service(host); s != nil {
			return s.DialAddress(e.view.Proxy)
		}
	}
	return ""
}

// HostOf is the host that a URL or an authority names.
func HostOf(text string) string {
	return hostname.OfURL(text)
}
