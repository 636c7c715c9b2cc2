// Command metamorphic tests what sem says of changes: it changes meshes in ways that requests may show, and in ways that none
// shows, compares each with the mesh as it was, and asks traces of requests made out of both configurations whether that is true.
//
//	metamorphic -pairs 10000 -time 30m -first 1 MESH…
//
// A mesh is a folder or a txtar archive with mesh.yaml, perhaps with the settings of the mesh (meshconfig.yaml) beside it. When all
// have had their turn, meshes are generated. The exit status is 1 where an answer of sem is wrong.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	var o options
	flag.IntVar(&o.pairs, "pairs", 10_000, "how many pairs to compare")
	flag.Uint64Var(&o.first, "first", 1, "chooses the changes and the generated meshes")
	flag.IntVar(&o.each, "each", 40, "changes of each mesh that requests may show")
	flag.IntVar(&o.calls, "calls", 60, "requests of each side that a proxy is asked about")
	flag.BoolVar(&o.verbose, "v", false, "list what is undecided, and what each kind of change came to")
	flag.StringVar(&o.keep, "keep", "", "write the pairs that are wrong or undecided into this `FOLDER`")
	budget := flag.Duration("time", 30*time.Minute, "pairs that do not get their turn in this time are left out")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), *budget)
	defer cancel()
	r, err := o.run(ctx, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "metamorphic:", err)
		os.Exit(2)
	}
	r.write(os.Stdout, o.verbose)
	if len(r.wrong) > 0 {
		os.Exit(1)
	}
}
