package security

import (
	"slices"
	"strings"

	"sem.example/internal/mesh"
)

// trustDomains are the mesh's own trust domain and its aliases. An identity of one of them is one of all.
type trustDomains []string

// meshTrustDomains returns those of the mesh.
func meshTrustDomains(view *mesh.View) trustDomains {
	m := view.Mesh.Settings.Config
	return append(trustDomains{m.GetTrustDomain()}, m.GetTrustDomainAliases()...)
}

// TrustedDomains are those whose workloads this mesh's certificates vouch for.
func TrustedDomains(view *mesh.View) []string {
	all := meshTrustDomains(view)
	for _, ca := range view.Mesh.Settings.Config.GetCaCertificates() {
		all = append(all, ca.GetTrustDomains()...)
	}
	var out []string
	for _, d := range all {
		if d != "" && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// apply extends the values of an attribute that names a trust domain to all aliases of it.
func (t trustDomains) apply(attribute string, values []string) []string {
	switch attribute {
	case "source.principal":
		return t.principals(values)
	case "source.trustDomain":
		return t.domains(values)
	}
	return values
}

// domains adds to a trust domain of the mesh all others.
func (t trustDomains) domains(values []string) []string {
	var out []string
	for _, v := range values {
		add := []string{v}
		if slices.Contains(t, v) {
			add = t
		}
		for _, d := range add {
			if !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	return out
}

// principals adds to an identity of a trust domain of the mesh the same identity of all others. "cluster.local" always
// stands for the mesh's own, and a value that is not of the form domain/ns/NAMESPACE/sa/ACCOUNT stays as it is.
func (t trustDomains) principals(values []string) []string {
	var out []string
	for _, v := range values {
		domain, rest, _ := strings.Cut(v, "/")
		if domain == "*" || strings.Count(v, "/") != 4 || !(t.has(domain) || domain == "cluster.local") {
			out = append(out, v)
			continue
		}
		var same []string
		for _, d := range t {
			alias := d + "/" + rest
			if suffix, wild := strings.CutPrefix(domain, "*"); wild && strings.HasSuffix(d, suffix) {
				alias = v
			}
			if !slices.Contains(same, alias) {
				same = append(same, alias)
			}
		}
		out = append(out, same...)
	}
	return out
}

// has reports whether a trust domain, which may be a pattern, is one of the mesh's, which may be patterns too.
func (t trustDomains) has(domain string) bool {
	return slices.ContainsFunc(t, func(d string) bool {
		return d == domain || d == "*" || fits(domain, d) || fits(d, domain)
	})
}

// fits reports whether a name matches a pattern with an asterisk at one end.
func fits(name, pattern string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok && strings.HasPrefix(name, prefix) {
		return true
	}
	suffix, ok := strings.CutPrefix(pattern, "*")
	return ok && strings.HasSuffix(name, suffix)
}
