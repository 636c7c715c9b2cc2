package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"sync"

	"sem.example/internal/callgen"
	"sem.example/internal/envoy"
	"sem.example/internal/pipeline"
	"sem.example/internal/realenvoy"
	"sem.example/simulate"
)

// A testedProxy is one proxy of a mesh, to be compared with Envoy.
type testedProxy struct {
	*world
	proxy simulate.Proxy
}

// conform compares the proxies of meshes, and of so many that are generated, with Envoy, as many at once as there are
// processors.
func conform(ctx context.Context, o options, paths []string) (*report, error) {
	worlds, err := o.worldsOf(paths)
	if err != nil {
		return nil, err
	}
	for i := range o.random {
		w, err := o.generated(o.first + i)
		if err != nil {
			return nil, err
		}
		worlds = append(worlds, w)
	}
	proxies := proxiesOf(worlds)
	r := &report{options: o, results: make([]result, len(proxies))}
	var wait sync.WaitGroup
	turns := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range turns {
				r.results[i] = compareProxy(ctx, o, proxies[i])
			}
		})
	}
	for i := range proxies {
		turns <- i
	}
	close(turns)
	wait.Wait()
	return r, nil
}

func proxiesOf(worlds []*world) []testedProxy {
	var out []testedProxy
	for _, w := range worlds {
		for _, p := range w.proxies {
			out = append(out, testedProxy{world: w, proxy: p})
		}
	}
	return out
}

// compareProxy sends one proxy's calls through Envoy and through the simulator.
func compareProxy(ctx context.Context, o options, s testedProxy) result {
	r := result{features: map[string]count{}, notModelled: map[string]int{}, world: s.world, mesh: s.name, proxy: s.proxy.Namespace + "/" + s.proxy.Name}
	if ctx.Err() != nil {
		r.trouble = "not run: out of time"
		return r
	}
	compiler, err := s.Compile(s.proxy)
	if err == nil {
		snapshot := compiler.Snapshot()
		calls := s.own()
		if o.limit != none {
			calls = append(calls, callgen.Calls(snapshot, s.proxy, o.seed, o.limit)...)
		}
		read := snapshot
		if o.altered != nil {
			read = o.altered(snapshot)
		}
		err = r.compare(ctx, o, calls, snapshot, simulate.New(envoy.NewIndex(read), simulate.Of(pipeline.EnvoyOf(o.release))))
		for _, n := range compiler.NotModelled() {
			r.notModelled[n.What] += r.calls
		}
	}
	if err != nil {
		r.trouble = err.Error()
	}
	return r
}

// own are the calls that the mesh brings along for the proxy.
func (s testedProxy) own() []simulate.Call {
	var out []simulate.Call
	for _, call := range s.calls {
		if reflect.DeepEqual(call.Proxy, s.proxy) {
			out = append(out, call)
		}
	}
	return out
}

// compare runs a snapshot in Envoy and asks the simulator about the same calls.
func (r *result) compare(ctx context.Context, o options, calls []simulate.Call, s *envoy.Snapshot, engine *simulate.Engine) error {
	dir, err := os.MkdirTemp("", "conform-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := realenvoy.Start(ctx, s, realenvoy.Options{Envoy: o.envoy, Dir: dir})
	if err != nil {
		return err
	}
	defer p.Close()
	for _, call := range calls {
		seen, err := p.Do(ctx, call)
		if err != nil {
			return fmt.Errorf("%s: %w", describe(call), err)
		}
		trace := engine.Trace(call)
		differences := realenvoy.Differences(trace, seen)
		r.add(call, seen, differences)
		r.countFeatures(trace, len(differences) == 0)
	}
	return nil
}
