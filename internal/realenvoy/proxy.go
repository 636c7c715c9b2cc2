package realenvoy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"google.golang.org/protobuf/encoding/protojson"

	"sem.example/internal/envoy"
	"sem.example/internal/realenvoy/accesslog"
	"sem.example/internal/realenvoy/process"
	"sem.example/internal/realenvoy/rootless"
	"sem.example/internal/realenvoy/upstream"
	"sem.example/internal/selfsigned"
	"sem.example/render"
	"sem.example/simulate"
)

// Options say how to run a proxy.
type Options struct {
	Envoy    string // path of the executable; see internal/envoytest
	Dir      string // an empty folder for what the run needs; the caller removes it
	Identity string // the SPIFFE identity of the proxy
}

// A Envoy is a real Envoy that runs the resources of one proxy. Its calls are made one after the other, so that what
// the upstreams receive belongs to the call at hand; different proxies may be called at once.
type Envoy struct {
	process   *process.Process
	upstreams *upstream.Servers
	authority *selfsigned.Authority
	entries   *accesslog.Reader
	listeners listeners

	mu    sync.Mutex
	peers uint16 // made up so far: each connection gets a port of its own
}

// Start runs Envoy with a proxy's resources. The caller must close the proxy.
func Start(ctx context.Context, s *envoy.Snapshot, o Options) (*Envoy, error) {
	p := &Envoy{entries: &accesslog.Reader{Path: filepath.Join(o.Dir, "access.log")}}
	bound, err := p.prepare(s, o)
	if err == nil {
		p.process, err = process.Start(ctx, o.Dir, o.Envoy)
	}
	if err == nil {
		p.listeners, err = bound.locate(ctx, p.process)
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Close ends Envoy and the upstreams.
func (p *Envoy) Close() {
	if p.process != nil {
		p.process.Stop()
	}
	if p.upstreams != nil {
		p.upstreams.Close()
	}
}

// prepare writes the bootstrap and starts the upstreams that it names.
func (p *Envoy) prepare(s *envoy.Snapshot, o Options) (bound listeners, err error) {
	certs := filepath.Join(o.Dir, "certs")
	if p.authority, err = selfsigned.Open(certs); err != nil {
		return nil, err
	}
	if p.upstreams, err = upstream.Start(p.authority, "upstream.self-signed.invalid"); err != nil {
		return nil, err
	}
	options := render.BootstrapOptions{Certs: certs, SelfSigned: true, Identity: o.Identity}
	b, _ := render.Static(s, options)
	for _, l := range b.GetStaticResources().GetListeners() {
		bound = append(bound, listenersOf(l)...)
	}
	if err := rootless.Rewrite(b, p.upstreams, p.entries.Path); err != nil {
		return nil, err
	}
	if err := render.SelfSigned(b, options); err != nil {
		return nil, err
	}
	text, err := protojson.Marshal(b)
	if err != nil {
		return nil, err
	}
	return bound, os.WriteFile(filepath.Join(o.Dir, process.BootstrapFile), text, 0o600)
}

// Do makes a call and reports what became of it. An error means that the judge failed, not the call.
func (p *Envoy) Do(ctx context.Context, call simulate.Call) (Observation, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.entries.Forget(); err != nil {
		return Observation{}, err
	}
	p.peers++
	c, err := connect(call, p.listeners, p.authority, 1024+p.peers)
	if errors.Is(err, ErrRefused) {
		return Observation{Error: err.Error(), Unlogged: true}, nil
	}
	if err != nil {
		return Observation{}, err
	}
	before := p.upstreams.Count()
	answer := c.converse()
	c.conn.Close()
	ctx, cancel := context.WithTimeout(ctx, 4*patience) // what the machine is busy with is not Envoy's fault
	defer cancel()
	entries, err := p.entries.Of(ctx, c.conn.LocalAddr().String())
	if err != nil {
		if !p.process.Running() {
			err = fmt.Errorf("Envoy ended: %w\n%s", err, p.process.Output())
		}
		return Observation{}, err
	}
	return observe(p.upstreams, answer, entries, before), nil
}
