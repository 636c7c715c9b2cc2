package mesh

import (
	"iter"

	"sem.example/internal/hostname"
)

// IsWildcard is [hostname.IsWildcard].
func IsWildcard(host string) bool { return hostname.IsWildcard(host) }

// Overlap is [hostname.Overlap].
func Overlap(a, b string) bool { return hostname.Overlap(a, b) }

// Covers is [hostname.Covers].
func Covers(wide, narrow string) bool { return hostname.Covers(wide, narrow) }

// CompareHosts is [hostname.Compare].
func CompareHosts(a, b string) int { return hostname.Compare(a, b) }

// FullHost is [hostname.Full].
func FullHost(host, namespace, domain string) string { return hostname.Full(host, namespace, domain) }

// A hostIndex is a [hostname.Index].
type hostIndex[V any] struct{ hostname.Index[V] }

func newHostIndex[V any]() *hostIndex[V] { return &hostIndex[V]{} }

func (x *hostIndex[V]) at(host string) (V, bool) { return x.At(host) }
func (x *hostIndex[V]) put(host string, v V)     { x.Put(host, v) }

func (x *hostIndex[V]) find(host string) (v V, ok bool) {
	if x == nil {
		return v, false
	}
	return x.Find(host)
}

func (x *hostIndex[V]) covering(host string) iter.Seq[V] { return x.Covering(host) }
