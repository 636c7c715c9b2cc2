// Package hostname is the one home of host names and wildcards as Istio and Envoy understand them: which name covers
// which, what a short name means, what the host of an authority or of a URL is, and tables that are searched by host.
// It imports nothing of ours.
//
// A wildcard begins with a star: "*" for every name, "*.example.com" for every name that ends in ".example.com". It does not
// cover its own parent: "*.example.com" and "example.com" have nothing in common.
package hostname

import (
	"cmp"
	"net/netip"
	"strings"
)

// IsWildcard reports whether a host name begins with a star.
func IsWildcard(host string) bool { return strings.HasPrefix(host, "*") }

// Overlap reports whether two host names, either of which may be a wildcard, have a name in common.
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

// Covers reports whether every name of narrow is a name of wide.
func Covers(wide, narrow string) bool {
	if IsWildcard(narrow) {
		return IsWildcard(wide) && strings.HasSuffix(narrow[1:], wide[1:])
	}
	return Overlap(wide, narrow)
}

// Compare orders host names as Envoy's filter chains and gateways want them: the most specific first, that is names
// before wildcards, longer before shorter, then alphabetically.
func Compare(a, b string) int {
	if IsWildcard(a) != IsWildcard(b) {
		if IsWildcard(a) {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
}

// Full completes a short name with the namespace and cluster domain of the document that uses it. Only a name without
// any dot is short; "*" and addresses stay as they are.
func Full(host, namespace, domain string) string {
	if host == "" || host == "*" || strings.Contains(host, ".") {
		return host
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	return Kubernetes(host, namespace, domain)
}

// Kubernetes is the host name of a Kubernetes Service.
func Kubernetes(name, namespace, domain string) string {
	return name + "." + namespace + ".svc." + domain
}
