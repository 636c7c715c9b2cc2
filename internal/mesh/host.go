package mesh

import (
	"cmp"
	"iter"
	"net/netip"
	"slices"
	"strings"
)

// IsWildcard says whether a host name begins with a star.
func IsWildcard(host string) bool { return strings.HasPrefix(host, "*") }

// Overlap says whether two host names, either of which may be a wildcard, have a name in common. A wildcard does not
// stand for its own parent: "*.foo.com" and "foo.com" do not overlap.
func Overlap(a, b string) bool {
	switch {
	case IsWildcard(a) && IsWildcard(b):
		return strings.HasSuffix(a[1:], b[1:]) || strings.HasSuffix(b[1:], a[1:])
	case IsWildcard(a):
		return strings.HasSuffix(b, a[1:])
	case IsWildcard(b):
		return strings.HasSuffix(a, b[1:])
	}
	return a == b
}

// Covers says whether every name of narrow is a name of wide.
func Covers(wide, narrow string) bool {
	if IsWildcard(narrow) {
		return IsWildcard(wide) && strings.HasSuffix(narrow[1:], wide[1:])
	}
	return Overlap(wide, narrow)
}

// CompareHosts orders host names as Envoy's filter chains and gateways want them: the most specific first, that is names
// before wildcards, longer before shorter, then alphabetically.
func CompareHosts(a, b string) int {
	if IsWildcard(a) != IsWildcard(b) {
		if IsWildcard(a) {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
}

// FullHost completes a short name with the namespace and cluster domain of the document that uses it. Only a name
// without any dot is short; "*" and addresses stay as they are.
func FullHost(host, namespace, domain string) string {
	if host == "" || host == "*" || strings.Contains(host, ".") {
		return host
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	return kubernetesHost(host, namespace, domain)
}

func kubernetesHost(name, namespace, domain string) string {
	return name + "." + namespace + ".svc." + domain
}

// A hostIndex finds a value by host name: the exact name first, then the longest wildcard that covers it.
type hostIndex[V any] struct {
	exact   map[string]V
	wild    map[string]V // by what follows the star
	lengths []int        // of the keys of wild, longest first
}

func newHostIndex[V any]() *hostIndex[V] {
	return &hostIndex[V]{exact: map[string]V{}, wild: map[string]V{}}
}

// at returns the value of precisely this host name.
func (x *hostIndex[V]) at(host string) (V, bool) {
	if IsWildcard(host) {
		v, ok := x.wild[host[1:]]
		return v, ok
	}
	v, ok := x.exact[host]
	return v, ok
}

func (x *hostIndex[V]) put(host string, v V) {
	if !IsWildcard(host) {
		x.exact[host] = v
		return
	}
	suffix := host[1:]
	if !slices.Contains(x.lengths, len(suffix)) {
		i, _ := slices.BinarySearchFunc(x.lengths, len(suffix), func(a, b int) int { return cmp.Compare(b, a) })
		x.lengths = slices.Insert(x.lengths, i, len(suffix))
	}
	x.wild[suffix] = v
}

// find returns the value whose host is the most specific one that covers the given host, which may be a wildcard.
func (x *hostIndex[V]) find(host string) (v V, ok bool) {
	if x == nil {
		return v, false
	}
	for v := range x.covering(host) {
		return v, true
	}
	return v, false
}

// covering yields the values of all hosts that cover the given one, the most specific first.
func (x *hostIndex[V]) covering(host string) iter.Seq[V] {
	return func(yield func(V) bool) {
		if !IsWildcard(host) {
			if v, ok := x.exact[host]; ok && !yield(v) {
				return
			}
		}
		name := strings.TrimPrefix(host, "*")
		for _, n := range x.lengths {
			if n > len(name) {
				continue
			}
			if v, ok := x.wild[name[len(name)-n:]]; ok && !yield(v) {
				return
			}
		}
	}
}
