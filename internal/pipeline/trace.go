package pipeline

import (
	"fmt"
	"net/netip"

	"sem.example/internal/compile"
	"sem.example/internal/mesh"
	"sem.example/simulate"
)

// Compile returns what a proxy runs, built on demand. Proxies are compiled once.
func (w *World) Compile(p simulate.Proxy) (*compile.Compiler, error) {
	e, err := w.engine(p)
	if err != nil {
		return nil, err
	}
	return e.compiler, nil
}

// An engine is one proxy: what it sees, what it runs, and what answers for it.
type engine struct {
	view     *mesh.View
	compiler *compile.Compiler
}

// engine returns the proxy's engine, made at the first call for it.
func (w *World) engine(p simulate.Proxy) (*engine, error) {
	key := fmt.Sprintf("%+v", p)
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := w.engines[key]; e != nil {
		return e, nil
	}
	proxy, err := w.proxy(p)
	if err != nil {
		return nil, err
	}
	view := w.Mesh.View(proxy)
	e := &engine{view: view, compiler: compile.New(view)}
	w.engines[key] = e
	return e, nil
}

// proxy completes what was said of a proxy by what the input knows of its workload.
func (w *World) proxy(p simulate.Proxy) (mesh.Proxy, error) {
	said := mesh.Proxy{
		Type: mesh.Sidecar, Namespace: p.Namespace, Name: p.Name, Labels: p.Labels,
		Locality: p.Locality, Network: p.Network, ServiceAccount: p.ServiceAccount, DNSCapture: p.DNSCapture,
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
