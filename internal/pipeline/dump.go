package pipeline

import (
	"fmt"
	"io"
	"strings"

	"sem.example/internal/envoy"
	"sem.example/internal/release"
	"sem.example/simulate"
)

// A Dump is the configuration that one proxy runs, as it was read from the proxy itself. It answers calls without any
// document of the mesh.
type Dump struct {
	Proxy    simulate.Proxy // as it names itself; of no name where the dump holds no bootstrap
	snapshot *envoy.Snapshot
	index    *envoy.Index
	engines  map[TraceOptions]*simulate.Engine
}

// LoadDump reads Envoy's /config_dump?include_eds, or what "istioctl proxy-config all -o json" prints of it.
func LoadDump(r io.Reader) (*Dump, error) {
	s, err := envoy.LoadFrom(r)
	if err != nil {
		return nil, err
	}
	proxy, err := proxyOf(s.Node)
	if err != nil {
		return nil, err
	}
	x := envoy.NewIndex(s)
	return &Dump{Proxy: proxy, snapshot: s, index: x, engines: map[TraceOptions]*simulate.Engine{
		{}: simulate.New(x), {Why: true}: simulate.New(x, simulate.Why()),
	}}, nil
}

// proxyOf reads the id of a node: "sidecar~10.0.0.7~web-1.shop~shop.svc.cluster.local".
func proxyOf(node string) (simulate.Proxy, error) {
	p := simulate.Proxy{Type: "sidecar"}
	parts := strings.Split(node, "~")
	if len(parts) != 4 {
		return p, nil
	}
	switch parts[0] {
	case "router":
		p.Type = "gateway"
	case "waypoint":
		return p, fmt.Errorf("the dump is one of the waypoint %s: sem knows sidecars and gateways", parts[2])
	}
	if parts[1] != "" {
		p.IPs = []string{parts[1]}
	}
	if dot := strings.LastIndexByte(parts[2], '.'); dot > 0 {
		p.Name, p.Namespace = parts[2][:dot], parts[2][dot+1:]
	}
	return p, nil
}

// Trace follows a call through the proxy. It never goes further, for the dump knows no other proxy.
func (d *Dump) Trace(call simulate.Call, opts TraceOptions) (*simulate.Trace, error) {
	if call.Proxy.Name == "" {
		call.Proxy = d.Proxy
	}
	call.Address = dialled(call, d.index.AddressOf)
	t := d.engines[TraceOptions{Why: opts.Why}].Trace(call)
	if name, ok := release.Minor(d.snapshot.IstioVersion); ok {
		t.Istio, t.Envoy, t.IstioBecause = name, release.EnvoyOf(name), "named by ISTIO_VERSION "+d.snapshot.IstioVersion+" in the metadata of the dump"
	}
	addNotModelled(t, t.Hops[0], d.snapshot.NotModelled)
	return t, nil
}

// HasEndpoints reports whether the dump holds endpoints. One that was taken without them cannot show whether a cluster has any.
func (d *Dump) HasEndpoints() bool { return len(d.snapshot.Endpoints) > 0 }
