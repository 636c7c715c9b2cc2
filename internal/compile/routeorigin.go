package compile

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// A ruleSite is where an HTTP rule is written. A rule of a delegate has two places: its own, and the rule that delegates
// to it, which gives what the delegate leaves open.
type ruleSite struct {
	own, root mesh.Written // root is zero where nobody delegates
	pairs     []mesh.MatchPair
}

func siteOf(vs *mesh.VirtualService, i int) ruleSite {
	out := ruleSite{own: mesh.Written{Object: vs.Object, Field: source.Index("spec.http", i)}}
	if i < len(vs.HTTP) {
		out.own = vs.HTTP[i]
	}
	if i < len(vs.Root) && vs.Root[i].Object != nil {
		out.root = vs.Root[i]
		out.root.Field = strings.TrimSuffix(out.root.Field, ".delegate")
		out.pairs = vs.Pairs[i]
	}
	return out
}

// part are the origins of one field of the rule, given by its path below the rule.
func (s ruleSite) part(name string) []envoy.Origin {
	at := s.own
	if s.root.Object != nil && !writes(at.Object, at.Field+"."+name) {
		at = s.root
	}
	return spelled(at.Object, at.Field+"."+name)
}

func writes(o *config.Object, field string) bool { return o.Doc != nil && o.Doc.Lookup(field) != nil }

// pair tells what the rule's j-th match was made of.
func (s ruleSite) pair(j int) mesh.MatchPair {
	if j < len(s.pairs) {
		return s.pairs[j]
	}
	return mesh.MatchPair{Root: -1, Leaf: j}
}

// matchAt is where the rule's j-th match is written: in a delegate, where that has a match of its own.
func (s ruleSite) matchAt(j int) mesh.Written {
	at, n := s.own, s.pair(j).Leaf
	if n < 0 {
		at, n = s.root, s.pair(j).Root
	}
	at.Field = source.Index(source.Join(at.Field, "match"), n)
	return at
}

// match are the origins of the rule's j-th match, which delegation may have made of two.
func (s ruleSite) match(j int) []envoy.Origin {
	at := s.matchAt(j)
	out := matchOrigins(at.Object, at.Field)
	if pair := s.pair(j); pair.Leaf >= 0 && pair.Root >= 0 {
		out = append(out, matchOrigins(s.root.Object, source.Index(source.Join(s.root.Field, "match"), pair.Root))...)
	}
	return out
}

// matchOrigins are the origins of a match: of its values, and of the names of headers and parameters.
func matchOrigins(o *config.Object, field string) []envoy.Origin {
	out := spelled(o, field)
	for _, named := range []string{"headers", "withoutHeaders", "queryParams"} {
		at := source.Join(field, named)
		if !writes(o, at) {
			continue
		}
		for _, f := range o.Doc.Lookup(at).Fields {
			out = append(out, defines(o, source.Join(at, f.Key)))
		}
	}
	return out
}

// ruleOrigins says where each part of the route of a rule's j-th match is written.
func (c *Compiler) ruleOrigins(vs *mesh.VirtualService, i, j int) trail {
	in, at := vs.Spec.Http[i], siteOf(vs, i)
	var out trail
	out.add("", defines(at.own.Object, at.own.Field))
	if in.Name != "" {
		out.add("", at.part("name")...)
	}
	if at.root.Object != nil {
		out.add("", modifies(at.root.Object, source.Join(at.root.Field, "delegate")))
	}
	if j < len(in.Match) {
		out.add("match", at.match(j)...)
	}
	for _, part := range []struct {
		name, field string
		set         bool
	}{
		{"redirect", "redirect", in.Redirect != nil},
		{"response", "directResponse", in.DirectResponse != nil},
		{"rewrite", "rewrite", in.Rewrite != nil},
		{"rewrite/path", "rewrite.uri", in.Rewrite.GetUri() != ""},
		{"rewrite/path", "rewrite.uriRegexRewrite", in.Rewrite.GetUriRegexRewrite() != nil},
		{"rewrite/authority", "rewrite.authority", in.Rewrite.GetAuthority() != ""},
		{"timeout", "timeout", in.Timeout != nil},
		{"retry", "retries", in.Retries != nil},
		{"fault", "fault", in.Fault != nil},
		{"cors", "corsPolicy", in.CorsPolicy != nil},
		{"headers", "headers", in.Headers != nil},
		{"mirror", "mirror", in.Mirror != nil},
		{"mirror", "mirrorPercentage", in.Mirror != nil && in.MirrorPercentage != nil},
		{"mirror", "mirrorPercent", in.Mirror != nil && in.MirrorPercent != nil}, // old documents have it
		{"mirror", "mirrors", len(in.Mirrors) > 0},
	} {
		if part.set {
			out.add(part.name, at.part(part.field)...)
		}
	}
	if in.Retries == nil {
		out.add("retry", c.meshOrigin("defaultHttpRetryPolicy")...)
	}
	c.targetOrigins(&out, vs, i)
	return out
}

// unreached are the matches and rules behind the i-th rule's j-th match, which takes every request. They would apply at
// this place, but no request gets to them.
func (c *Compiler) unreached(vs *mesh.VirtualService, i, j int, scope routeScope) trail {
	var out trail
	lose := func(at mesh.Written) {
		out.add("", overridden(mesh.Loser{Object: at.Object, Field: at.Field, Reason: "what stands before it takes every request"}))
	}
	applies := func(m *networking.HTTPMatchRequest) bool { return c.appliesHere(m, scope) }
	for k, m := range vs.Spec.Http[i].Match {
		if k > j && applies(m) {
			lose(siteOf(vs, i).matchAt(k))
		}
	}
	for k, rule := range vs.Spec.Http {
		if k > i && (len(rule.Match) == 0 || slices.ContainsFunc(rule.Match, applies)) {
			lose(siteOf(vs, k).own)
		}
	}
	return out
}

// targetOrigins says where the destinations of a rule are written, and what chooses their endpoints. They are numbered
// as Envoy gets them, without those of weight 0.
func (c *Compiler) targetOrigins(out *trail, vs *mesh.VirtualService, i int) {
	to, at := vs.Spec.Http[i].Route, siteOf(vs, i).own
	n := 0
	for k, dest := range to {
		if len(to) > 1 && dest.Weight == 0 {
			continue
		}
		out.add(target(n), spelled(at.Object, source.Index(source.Join(at.Field, "route"), k))...)
		out.add("hash", c.destinationHash(dest.Destination).origins()...)
		n++
	}
}

// serviceOrigins says where the route of a service that no VirtualService speaks for is written.
func (c *Compiler) serviceOrigins(s *mesh.Service, port *mesh.Port) trail {
	var out trail
	out.add("", definesPort(s, port))
	out.add("retry", c.meshOrigin("defaultHttpRetryPolicy")...)
	out.add("hash", c.serviceHash(s, port).origins()...)
	return out
}
