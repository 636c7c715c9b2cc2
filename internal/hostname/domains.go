package hostname

import "strings"

// Domains finds a value by the domains of Envoy's virtual hosts. Unlike a host of Istio, a domain may have its star at
// either end, and the star stands for at least one character. The zero value is ready to use, and safe for concurrent
// use once all domains are added.
type Domains[V any] struct {
	exact              map[string]V
	suffixes, prefixes affixes[V]
	any                *V
}

// Add enters a domain. Of two equal domains, which Envoy rejects, the first is kept.
func (d *Domains[V]) Add(domain string, v V) {
	switch {
	case domain == "*":
		if d.any == nil {
			d.any = &v
		}
	case strings.HasPrefix(domain, "*"):
		d.suffixes.first(domain[1:], v)
	case strings.HasSuffix(domain, "*"):
		d.prefixes.first(domain[:len(domain)-1], v)
	default:
		if d.exact == nil {
			d.exact = map[string]V{}
		}
		if _, ok := d.exact[domain]; !ok {
			d.exact[domain] = v
		}
	}
}

// Find returns the value of a host and the domain that it is found by: the host itself, else the longest domain with the
// star in front, else the longest with the star at the end, else "*". The domain is "" where there is no value.
func (d *Domains[V]) Find(host string) (v V, domain string) {
	if v, ok := d.exact[host]; ok {
		return v, host
	}
	for _, n := range d.suffixes.shorter(len(host)) {
		suffix := host[len(host)-n:]
		if v, ok := d.suffixes.values[suffix]; ok {
			return v, "*" + suffix
		}
	}
	for _, n := range d.prefixes.shorter(len(host)) {
		if v, ok := d.prefixes.values[host[:n]]; ok {
			return v, host[:n] + "*"
		}
	}
	if d.any != nil {
		return *d.any, "*"
	}
	return v, ""
}

// first puts a value unless the fixed part has one.
func (a *affixes[V]) first(fixed string, v V) {
	if _, ok := a.values[fixed]; !ok {
		a.put(fixed, v)
	}
}

// shorter returns the lengths of fixed parts that are shorter than n, longest first.
func (a *affixes[V]) shorter(n int) []int {
	for i, length := range a.lengths {
		if length < n {
			return a.lengths[i:]
		}
	}
	return nil
}
