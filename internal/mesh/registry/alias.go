package registry

import (
	"cmp"
	"slices"
)

// resolveAliases tells services which ExternalName Services stand for them, through any number of steps. A circle of
// them stands for nothing.
func resolveAliases(services []*Service) {
	target := map[string]string{}
	for _, s := range services {
		if s.Resolution == Alias {
			target[s.Host] = s.ExternalName
		}
	}
	if len(target) == 0 {
		return
	}
	aliases := map[string][]serviceID{}
	for _, s := range services {
		if s.Resolution != Alias {
			continue
		}
		if end, ok := follow(target, s.Host); ok {
			aliases[end] = append(aliases[end], s.id())
		}
	}
	for _, s := range services {
		ids := slices.Clone(aliases[s.Host])
		slices.SortFunc(ids, func(a, b serviceID) int {
			return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.host, b.host))
		})
		for _, id := range ids {
			s.Aliases = append(s.Aliases, id.host)
		}
	}
}

// follow walks from an alias to what is none; the second result is false where it walks in a circle.
func follow(target map[string]string, host string) (string, bool) {
	seen := map[string]bool{}
	for {
		next, ok := target[host]
		if !ok {
			return host, true
		}
		if seen[host] {
			return "", false
		}
		seen[host], host = true, next
	}
}
