// Command conform compares traces with a real Envoy: for every proxy of every mesh that it is given it makes calls out
// of the configuration, sends each through Envoy, traces it, and reports where the two disagree.
//
//	conform -seed 1 -first 1 -random 50 -time 10m -shrink internal/envoytest/conform/testdata -o docs/fidelity.md MESH…
//
// A mesh is a folder or a txtar archive. It holds documents and says which proxies to ask: proxies.json is a list of
// them, requests.jsonl, calls.jsonl and request tests are calls for them; those of calls.jsonl are sent as they are,
// beside the generated calls. With -random there are also generated meshes. The exit status is 1 where a trace
// disagrees with Envoy.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"sem.example/internal/envoytest/binary"
	"sem.example/internal/release"
)

func main() {
	var o options
	var output, archives, istio string
	flag.Uint64Var(&o.seed, "seed", 1, "chooses the calls")
	flag.Uint64Var(&o.random, "random", 0, "how many meshes to generate beside those of the folders")
	flag.Uint64Var(&o.first, "first", 1, "chooses the first of the generated meshes; each further one has the next number")
	flag.IntVar(&o.limit, "limit", 400, "calls to each proxy; 0 is all")
	flag.BoolVar(&o.verbose, "v", false, "print each disagreement")
	flag.StringVar(&istio, "istio", o.release.String(), "the release of Istio whose proxies are compared; each has its own Envoy")
	budget := flag.Duration("time", 10*time.Minute, "meshes that do not get their turn in this time are left out")
	flag.StringVar(&output, "o", "", "write the report to this file instead of the standard output")
	flag.StringVar(&archives, "shrink", "", "write the first disagreement of each proxy, made as small as it gets, into this folder")
	flag.Parse()
	agree := false
	var err error
	if o.release, err = release.Parse(istio); err == nil {
		agree, err = run(o, *budget, output, archives, flag.Args())
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "conform:", err)
		os.Exit(2)
	case !agree:
		os.Exit(1)
	}
}

func run(o options, budget time.Duration, output, archives string, meshes []string) (agree bool, err error) {
	if o.envoy, err = binary.FindVersion(binary.Versions[o.release.Envoy()]); err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), budget)
	defer cancel()
	r, err := conform(ctx, o, meshes)
	if err != nil {
		return false, err
	}
	if archives != "" {
		ctx, cancel := context.WithTimeout(context.Background(), budget)
		defer cancel()
		if err := r.shrink(ctx, archives); err != nil {
			return false, err
		}
	}
	out := os.Stdout
	if output != "" {
		if out, err = os.Create(output); err != nil {
			return false, err
		}
		defer out.Close()
	}
	return r.agrees(), r.write(out)
}
