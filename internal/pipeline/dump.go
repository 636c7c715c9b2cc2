package pipeline

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"sem.example/internal/envoy"
	"sem.example/internal/installation"
	"sem.example/internal/release"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// A Dump is the configuration that one proxy runs, as it was read from the proxy itself or as files make it. It answers calls without
// any document of the mesh.
type Dump struct {
	Proxy    simulate.Proxy      // as it names itself; of no name where the dump holds no bootstrap
	Release  installation.Choice // of Istio
	files    bool                // it was made of files
	assumed  bool                // the files lack Pods, and some are assumed
	snapshot *envoy.Snapshot
	index    *envoy.Index
	engines  map[TraceOptions]*simulate.Engine
}

// LoadDump reads Envoy's /config_dump?include_eds, or what "istioctl proxy-config all -o json", or -o yaml, prints of it.
func LoadDump(r io.Reader) (*Dump, error) {
	text, err := inJSON(r)
	if err != nil {
		return nil, err
	}
	s, err := envoy.LoadFrom(text)
	if err != nil {
		return nil, err
	}
	proxy, err := proxyOf(s.Node, s.Workload)
	if err != nil {
		return nil, err
	}
	return newDump(proxy, s, releaseOfDump(s)), nil
}

func newDump(proxy simulate.Proxy, s *envoy.Snapshot, r installation.Choice) *Dump {
	x, of := envoy.NewIndex(s), simulate.Of(EnvoyOf(r.Release))
	return &Dump{Proxy: proxy, Release: r, snapshot: s, index: x, engines: map[TraceOptions]*simulate.Engine{
		{}: simulate.New(x, of), {Why: true}: simulate.New(x, of, simulate.Why()),
	}}
}

// releaseOfDump is the release that a dump names, or the nearest one that is known, else the newest.
func releaseOfDump(s *envoy.Snapshot) installation.Choice {
	if s.IstioVersion != "" {
		if known, err := release.Parse(release.Nearest(s.IstioVersion)); err == nil {
			return installation.Choice{Release: known, Because: "named by ISTIO_VERSION " + s.IstioVersion + " in the metadata of the dump"}
		}
	}
	return installation.Choice{Because: "the default: the dump names no release", Default: true}
}

// inJSON returns a dump as JSON. One in YAML is read as a whole, within the limits of a file.
func inJSON(r io.Reader) (io.Reader, error) {
	text := bufio.NewReader(r)
	for n := 1; ; n++ {
		head, err := text.Peek(n)
		if err != nil || n == 4096 {
			return text, nil // what it is not, its reader says
		}
		if c := head[n-1]; c == '{' || c == '[' {
			return text, nil
		} else if !strings.ContainsRune(" \t\r\n", rune(c)) && c < utf8.RuneSelf {
			break
		}
	}
	file := &source.File{Name: "dump.yaml"}
	var err error
	if file.Data, err = source.ReadLimited(text); err != nil {
		return nil, err
	}
	docs, problems := source.Parse(file)
	for _, p := range problems {
		if p.Trouble != source.NoKind {
			return nil, fmt.Errorf("line %d: %s", p.Range.Line, p.Message)
		}
	}
	if len(docs) != 1 {
		return nil, fmt.Errorf("a dump is one document, and this text has %d", len(docs))
	}
	return bytes.NewReader(docs[0].Tree().AppendJSON(nil)), nil
}

// proxyOf reads the id of a node: "sidecar~10.0.0.7~web-1.shop~shop.svc.cluster.local".
func proxyOf(node string, of envoy.Workload) (simulate.Proxy, error) {
	p := simulate.Proxy{Type: "sidecar", ServiceAccount: of.ServiceAccount, Labels: of.Labels}
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
