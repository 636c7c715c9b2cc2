package origin

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"sem.example/internal/envoy"
)

// A Store holds the origins of everything that was built for one proxy. Those of routes are many, and a trace asks for a
// few, so they are computed on request. A Store is safe for concurrent use.
type Store struct {
	Discard  bool // keeps nothing, for resources whose origins nobody asks for
	mu       sync.RWMutex
	origins  envoy.Origins
	deferred map[envoy.Addr]func() List // by the address of the resource or part that they are of
	shared   map[envoy.Addr][]Shared    // by the address of the resource
}

// Of returns the origins of an address.
func (l *Store) Of(at envoy.Addr) []envoy.Origin {
	for owner := range owners(at) {
		l.resolve(owner)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := slices.Clip(l.origins[at])
	for owner, part := range owners(at) {
		for _, s := range l.shared[owner] {
			out = append(out, s[part]...)
		}
	}
	return out
}

// owners are the addresses of which one may be a part, itself included, with what it is of them.
func owners(at envoy.Addr) iter.Seq2[envoy.Addr, string] {
	return func(yield func(envoy.Addr, string) bool) {
		for owner, part := string(at), ""; yield(envoy.Addr(owner), part); {
			i := strings.LastIndexByte(owner, '/')
			if i < 0 {
				return
			}
			owner, part = owner[:i], string(at)[i+1:]
		}
	}
}

// resolve computes what was deferred for an address.
func (l *Store) resolve(at envoy.Addr) {
	l.mu.RLock()
	work := l.deferred[at]
	l.mu.RUnlock()
	if work == nil {
		return
	}
	t := work()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deferred[at] != nil {
		delete(l.deferred, at)
		l.put(at, t)
	}
}

// All returns every origin.
func (l *Store) All() envoy.Origins {
	l.mu.RLock()
	owners := slices.Collect(maps.Keys(l.deferred))
	l.mu.RUnlock()
	for _, at := range owners {
		l.resolve(at)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := envoy.Origins{}
	maps.Copy(out, l.origins)
	for at, all := range l.shared {
		for _, s := range all {
			s.put(out, at)
		}
	}
	return out
}

// Defer adds origins that are computed when they are first asked for.
func (l *Store) Defer(at envoy.Addr, work func() List) {
	if l.Discard {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deferred == nil {
		l.deferred = map[envoy.Addr]func() List{}
	}
	l.deferred[at] = work
}

// Record adds origins of an address itself. A resource is built once, so nothing is added twice.
func (l *Store) Record(at envoy.Addr, origins ...envoy.Origin) {
	var t List
	t.Add("", origins...)
	l.Put(at, t)
}

// Put adds the origins of a resource and its parts under its address.
func (l *Store) Put(at envoy.Addr, t List) {
	if l.Discard {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.put(at, t)
}

// Share adds origins that other resources have as well. They come behind those that were put.
func (l *Store) Share(at envoy.Addr, all ...Shared) {
	if l.Discard || len(all) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shared == nil {
		l.shared = map[envoy.Addr][]Shared{}
	}
	l.shared[at] = append(l.shared[at], all...)
}

func (l *Store) put(at envoy.Addr, t List) {
	if l.origins == nil {
		l.origins = envoy.Origins{}
	}
	t.Put(l.origins, at)
}
