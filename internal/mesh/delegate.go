package mesh

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/mesh/visibility"
)

// merged returns the rules with those of delegates in the place of those that delegate. What cannot be merged is ignored.
func (v *virtualService) merged(delegates map[string]*virtualService) *routing.Rules {
	for _, r := range v.http {
		if r.delegate == nil {
			v.rules.HTTP = append(v.rules.HTTP, r.rule())
		} else {
			v.mergeDelegate(r, delegates)
		}
	}
	return v.rules
}

func (v *virtualService) mergeDelegate(r httpRoute, delegates map[string]*virtualService) {
	home := v.rules.Object.Namespace
	name := cmp.Or(r.delegate.Namespace, home) + "/" + r.delegate.Name
	d := delegates[name]
	switch {
	case d == nil:
		v.ignore(r.At.Join("delegate"), "there is no VirtualService %s without hosts", name)
		return
	case !d.rules.VisibleIn(home):
		v.ignore(r.At.Join("delegate"), "VirtualService %s is not exported to namespace %s", name, home)
		return
	}
	for _, leaf := range d.http {
		merged, conflict := mergeRule(r, leaf)
		if conflict != "" {
			v.ignore(leaf.At, "it conflicts with the route that delegates to it, in VirtualService %s: %s", v.rules.Object.Name, conflict)
			continue
		}
		merged.Root = r.At
		v.rules.HTTP = append(v.rules.HTTP, merged.rule())
	}
}

func (v *virtualService) ignore(at config.Place, reason string, args ...any) {
	v.rules.Ignored = append(v.rules.Ignored, at.Ignore(fmt.Sprintf(reason, args...)))
}

// mergeRule merges a rule that delegates with one of its delegate: the delegate's settings take precedence, its matches
// narrow those of the root. The second result is why they cannot be merged.
func mergeRule(root, leaf httpRoute) (httpRoute, string) {
	matches, conflict := mergeMatches(root.Matches, leaf.Matches)
	if conflict != "" {
		return httpRoute{}, conflict
	}
	out, own := leaf, *leaf.HTTPRule
	out.HTTPRule = &own
	own.Matches = matches
	own.Replaced = replaced(root, leaf)
	own.Name = leaf.Name.Or(root.Name)
	own.Name.Value = joinNames(root.Name.Value, leaf.Name.Value)
	if !own.Rewrite.At.Known() {
		own.Rewrite = root.Rewrite
	}
	own.DirectResponse = own.DirectResponse.Or(root.DirectResponse)
	own.Timeout = own.Timeout.Or(root.Timeout)
	own.Retries = own.Retries.Or(root.Retries)
	own.Fault = own.Fault.Or(root.Fault)
	own.CORS = own.CORS.Or(root.CORS)
	own.Headers = own.Headers.Or(root.Headers)
	out.mirror = out.mirror.Or(root.mirror)
	out.mirrorPercent = out.mirrorPercent.Or(root.mirrorPercent)
	out.mirrorPercentage = out.mirrorPercentage.Or(root.mirrorPercentage)
	out.mirrors = out.mirrors.Or(root.mirrors)
	return out, ""
}

// replaced are the settings of a root that a delegate sets too: they are not joined, the delegate's takes the place of the
// root's as a whole.
func replaced(root, leaf httpRoute) []config.Ignored {
	var out []config.Ignored
	for _, s := range []struct{ root, leaf config.Place }{
		{root.Rewrite.At, leaf.Rewrite.At}, {root.DirectResponse.At, leaf.DirectResponse.At}, {root.Timeout.At, leaf.Timeout.At},
		{root.Retries.At, leaf.Retries.At}, {root.Fault.At, leaf.Fault.At}, {root.CORS.At, leaf.CORS.At}, {root.Headers.At, leaf.Headers.At},
		{root.mirror.At, leaf.mirror.At}, {root.mirrors.At, leaf.mirrors.At},
	} {
		if s.root.Known() && s.leaf.Known() {
			by := s.leaf.Object
			out = append(out, s.root.Ignore(fmt.Sprintf("the delegate %s/%s sets %s too, which replaces it as a whole", by.Namespace, by.Name, s.leaf.Field)))
		}
	}
	return out
}

// mergeMatches pairs each match of a delegate with each one of the root that it does not conflict with.
func mergeMatches(root, leaf []routing.HTTPMatch) (out []routing.HTTPMatch, conflict string) {
	if len(root) == 0 {
		return leaf, ""
	}
	if len(leaf) == 0 {
		return root, ""
	}
	for i, l := range leaf {
		before, reason := len(out), ""
		for _, r := range root {
			if why := matchConflict(r, l); why != "" {
				reason = why
				continue
			}
			out = append(out, mergeMatch(r, l))
		}
		if len(out) == before {
			return nil, fmt.Sprintf("match[%d].%s is outside the match there", i, reason)
		}
	}
	return out, ""
}

func mergeMatch(root, leaf routing.HTTPMatch) routing.HTTPMatch {
	out := leaf
	out.At = slices.Concat(leaf.At, root.At)
	out.Name = joinNames(root.Name, leaf.Name)
	out.Path = cmp.Or(out.Path, root.Path)
	out.Scheme = cmp.Or(out.Scheme, root.Scheme)
	out.Method = cmp.Or(out.Method, root.Method)
	out.Authority = cmp.Or(out.Authority, root.Authority)
	out.Headers = mergeNamed(root.Headers, out.Headers)
	out.WithoutHeaders = mergeNamed(root.WithoutHeaders, out.WithoutHeaders)
	out.QueryParams = mergeNamed(root.QueryParams, out.QueryParams)
	out.Client.Labels = united(root.Client.Labels, out.Client.Labels)
	out.Client.Port = cmp.Or(out.Client.Port, root.Client.Port)
	out.Client.Namespace = cmp.Or(out.Client.Namespace, root.Client.Namespace)
	if len(out.Client.Gateways) == 0 {
		out.Client.Gateways = root.Client.Gateways
	}
	return out
}

// mergeNamed unites matches by name, sorted; a delegate's takes precedence.
func mergeNamed(root, leaf []routing.NamedMatch) []routing.NamedMatch {
	out := slices.Clone(leaf)
	for _, m := range root {
		if _, ok := findNamed(leaf, m.Name); !ok {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b routing.NamedMatch) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func findNamed(list []routing.NamedMatch, name string) (routing.StringMatch, bool) {
	for _, m := range list {
		if m.Name == name {
			return m.StringMatch, true
		}
	}
	return routing.StringMatch{}, false
}

func joinNames(root, leaf string) string {
	if root != "" && leaf != "" {
		return root + "-" + leaf
	}
	return cmp.Or(leaf, root)
}

func united[V any](base, over map[string]V) map[string]V {
	out := make(map[string]V, len(base)+len(over))
	maps.Copy(out, base)
	maps.Copy(out, over)
	return out
}

// matchConflict names the property in which a match of a delegate is not a part of one of the root; "" where it is.
func matchConflict(root, leaf routing.HTTPMatch) string {
	r, l := root.Client, leaf.Client
	switch {
	case stringConflict(root.Path, leaf.Path):
		return "uri"
	case stringConflict(root.Scheme, leaf.Scheme):
		return "scheme"
	case stringConflict(root.Method, leaf.Method):
		return "method"
	case stringConflict(root.Authority, leaf.Authority):
		return "authority"
	case namedConflict(root.Headers, leaf.Headers):
		return "headers"
	case namedConflict(root.WithoutHeaders, leaf.WithoutHeaders):
		return "withoutHeaders"
	case namedConflict(root.QueryParams, leaf.QueryParams):
		return "queryParams"
	case root.IgnorePathCase != leaf.IgnorePathCase:
		return "ignoreUriCase"
	case r.Port > 0 && l.Port > 0 && r.Port != l.Port:
		return "port"
	case r.Namespace != "" && l.Namespace != r.Namespace:
		return "sourceNamespace"
	case labelConflict(r.Labels, l.Labels):
		return "sourceLabels"
	case len(r.Gateways) > 0 && !narrows(r.Gateways, l.Gateways):
		return "gateways"
	}
	return ""
}

// narrows reports whether all gateways of a delegate are among the root's. A longer list is not, whatever it repeats.
func narrows(root, leaf []string) bool {
	return len(leaf) <= len(root) && visibility.Subset(leaf, root)
}

func namedConflict(root, leaf []routing.NamedMatch) bool {
	for _, l := range leaf {
		if r, _ := findNamed(root, l.Name); stringConflict(r, l.StringMatch) {
			return true
		}
	}
	return false
}

func labelConflict(root, leaf map[string]string) bool {
	for k, l := range leaf {
		if r, ok := root[k]; ok && r != l {
			return true
		}
	}
	return false
}

// stringConflict reports whether what a delegate matches is not a part of what the root matches. A regular expression
// agrees with nothing else. Istiod compares an empty value as if there were none.
func stringConflict(root, leaf routing.StringMatch) bool {
	if root.Kind == "" || leaf.Kind == "" {
		return false
	}
	value := func(m routing.StringMatch, kind routing.MatchKind) string {
		if m.Kind == kind {
			return m.Value
		}
		return ""
	}
	exact, prefix := value(leaf, routing.Exact), value(leaf, routing.Prefix)
	switch {
	case value(leaf, routing.Regex) != "":
		return true
	case value(root, routing.Exact) != "" && prefix == "":
		return root.Value != exact
	case value(root, routing.Prefix) != "":
		return prefix == "" && exact == "" || !strings.HasPrefix(cmp.Or(prefix, exact), root.Value)
	}
	return true
}
