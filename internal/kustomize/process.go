package kustomize

import (
	"encoding/gob"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"sem.example/internal/subprocess"
)

// limits of one build in a process of its own.
var limits = subprocess.Limits{Memory: 1 << 30, Time: 2 * time.Minute}

// NewPool returns the processes that build: a command that calls [Serve] with the two arguments that follow.
func NewPool(command []string) *subprocess.Pool { return subprocess.NewPool(command, limits) }

// request is a build: copies of files, and the folder whose kustomization is built.
type request struct {
	Folder string
	Files  map[string][]byte
}

// reply is what was built, each resource as JSON, or why nothing was.
type reply struct {
	Resources [][]byte
	Fault     string
}

// Serve builds for the process that runs this one (see [NewPool]); args are its last two arguments.
func Serve(args []string, in io.Reader, out io.Writer) error {
	limits, err := subprocess.ParseLimits(args)
	if err != nil {
		return err
	}
	debug.SetGCPercent(400) // a build lives shortly, and its memory is bounded
	subprocess.Serve(in, out, limits, func(r request, send func(any) error) error {
		return send(r.build())
	})
	return nil
}

// buildInProcess has a request answered by another process.
func (r request) buildInProcess(pool *subprocess.Pool) (made reply, err error) {
	err = pool.Call(r, func(from *gob.Decoder) (bool, error) {
		made = reply{}
		return true, from.Decode(&made)
	})
	return made, err
}

// library guards kustomize's own, which keeps a schema for all builds.
var library sync.Mutex

// build answers a request.
func (r request) build() reply {
	resources, err := r.run()
	if err != nil {
		return reply{Fault: err.Error()}
	}
	return reply{Resources: resources}
}

// run runs the library.
func (r request) run() (resources [][]byte, err error) {
	library.Lock()
	defer library.Unlock()
	defer func() {
		if fault := recover(); fault != nil {
			resources, err = nil, fmt.Errorf("%v", fault)
		}
	}()
	memory := filesys.MakeFsInMemory()
	for name, data := range r.Files {
		if err := memory.WriteFile(name, data); err != nil {
			return nil, err
		}
	}
	options := krusty.MakeDefaultOptions()
	options.LoadRestrictions = types.LoadRestrictionsNone // there is nothing but the copies
	options.PluginConfig = types.DisabledPluginConfig()
	built, err := krusty.MakeKustomizer(options).Run(memory, r.Folder)
	if err != nil {
		return nil, err
	}
	for _, made := range built.Resources() {
		data, err := made.MarshalJSON()
		if err != nil {
			return nil, err
		}
		resources = append(resources, data)
	}
	return resources, nil
}
