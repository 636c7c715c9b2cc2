package mesh

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// delegates returns the VirtualServices without hosts, which only others refer to, by namespace/name.
func (b *builder) delegates() map[string]*VirtualService {
	out := map[string]*VirtualService{}
	for _, o := range b.objects["VirtualService"] {
		if spec := config.Spec[*networking.VirtualService](o); spec != nil && len(spec.Hosts) == 0 {
			out[o.Namespace+"/"+o.Name] = b.resolved(o, spec)
		}
	}
	return out
}

// merge replaces the rules that delegate by those of their delegates. What cannot be merged is left out, with the reason.
func (b *builder) merge(v *VirtualService, delegates map[string]*VirtualService) {
	if !slices.ContainsFunc(v.Spec.Http, func(r *networking.HTTPRoute) bool { return r.Delegate != nil }) {
		return
	}
	m := merger{root: v, delegates: delegates}
	for i, r := range v.Spec.Http {
		if r.Delegate == nil {
			m.take(r, nil, v.HTTP[i], Written{})
		} else {
			m.delegate(r, v.HTTP[i])
		}
	}
	v.Spec.Http, v.Pairs, v.HTTP, v.Root = m.rules, m.pairs, m.written, m.roots
}

// A merger collects the rules of a VirtualService that delegates.
type merger struct {
	root      *VirtualService
	delegates map[string]*VirtualService
	rules     []*networking.HTTPRoute
	pairs     [][]MatchPair
	written   []Written
	roots     []Written
}

func (m *merger) take(r *networking.HTTPRoute, pairs []MatchPair, at, root Written) {
	m.rules, m.pairs = append(m.rules, r), append(m.pairs, pairs)
	m.written, m.roots = append(m.written, at), append(m.roots, root)
}

func (m *merger) drop(at Written, reason string, args ...any) {
	m.root.Dropped = append(m.root.Dropped, Loser{at.Object, at.Field, fmt.Sprintf(reason, args...)})
}

func (m *merger) delegate(r *networking.HTTPRoute, at Written) {
	home := m.root.Object.Namespace
	name := cmp.Or(r.Delegate.Namespace, home) + "/" + r.Delegate.Name
	at.Field = source.Join(at.Field, "delegate")
	d := m.delegates[name]
	switch {
	case d == nil:
		m.drop(at, "there is no VirtualService %s without hosts", name)
		return
	case !d.VisibleIn(home):
		m.drop(at, "VirtualService %s is not exported to namespace %s", name, home)
		return
	}
	for i, leaf := range d.Spec.Http {
		merged, pairs, conflict := mergeRule(r, leaf)
		if conflict != "" {
			m.drop(d.HTTP[i], "it conflicts with the rule of %s that delegates to it: %s", m.root.Object.Name, conflict)
			continue
		}
		m.take(merged, pairs, d.HTTP[i], at)
	}
}

// mergeRule merges a rule that delegates with one of its delegate: the delegate's settings win, its conditions narrow
// those of the root. The last result says why they cannot be merged.
func mergeRule(root, leaf *networking.HTTPRoute) (*networking.HTTPRoute, []MatchPair, string) {
	matches, pairs, conflict := mergeMatches(root.Match, leaf.Match)
	if conflict != "" {
		return nil, nil, conflict
	}
	out := proto.CloneOf(leaf)
	out.Match = matches
	out.Name = joinNames(root.Name, leaf.Name)
	out.Rewrite = cmp.Or(out.Rewrite, root.Rewrite)
	out.DirectResponse = cmp.Or(out.DirectResponse, root.DirectResponse)
	out.Timeout = cmp.Or(out.Timeout, root.Timeout)
	out.Retries = cmp.Or(out.Retries, root.Retries)
	out.Fault = cmp.Or(out.Fault, root.Fault)
	out.Mirror = cmp.Or(out.Mirror, root.Mirror)
	//lint:ignore SA1019 istiod still honours the old field
	out.MirrorPercent = cmp.Or(out.MirrorPercent, root.MirrorPercent)
	out.MirrorPercentage = cmp.Or(out.MirrorPercentage, root.MirrorPercentage)
	out.CorsPolicy = cmp.Or(out.CorsPolicy, root.CorsPolicy)
	out.Headers = cmp.Or(out.Headers, root.Headers)
	if out.Mirrors == nil {
		out.Mirrors = root.Mirrors
	}
	return out, pairs, ""
}

// A MatchPair tells what a merged condition was made of: the position of one of the root's and of one of the delegate's
// conditions; -1 where that side has none.
type MatchPair struct{ Root, Leaf int }

// mergeMatches pairs each condition of a delegate with each one of the root that it does not conflict with.
func mergeMatches(root, leaf []*networking.HTTPMatchRequest) (out []*networking.HTTPMatchRequest, pairs []MatchPair, conflict string) {
	if len(root) == 0 {
		for i := range leaf {
			pairs = append(pairs, MatchPair{-1, i})
		}
		return leaf, pairs, ""
	}
	if len(leaf) == 0 {
		for i := range root {
			pairs = append(pairs, MatchPair{i, -1})
		}
		return root, pairs, ""
	}
	for i, l := range leaf {
		before, reason := len(out), ""
		for j, r := range root {
			if why := matchConflict(r, l); why != "" {
				reason = why
				continue
			}
			out, pairs = append(out, mergeMatch(r, l)), append(pairs, MatchPair{j, i})
		}
		if len(out) == before {
			return nil, nil, fmt.Sprintf("match[%d] lies in no match of the root (%s)", i, reason)
		}
	}
	return out, pairs, ""
}

func mergeMatch(root, leaf *networking.HTTPMatchRequest) *networking.HTTPMatchRequest {
	out := proto.CloneOf(leaf)
	out.Name = joinNames(root.Name, leaf.Name)
	out.Uri = cmp.Or(out.Uri, root.Uri)
	out.Scheme = cmp.Or(out.Scheme, root.Scheme)
	out.Method = cmp.Or(out.Method, root.Method)
	out.Authority = cmp.Or(out.Authority, root.Authority)
	out.Headers = united(root.Headers, out.Headers)
	out.WithoutHeaders = united(root.WithoutHeaders, out.WithoutHeaders)
	out.QueryParams = united(root.QueryParams, out.QueryParams)
	out.SourceLabels = united(root.SourceLabels, out.SourceLabels)
	out.Port = cmp.Or(out.Port, root.Port)
	out.SourceNamespace = cmp.Or(out.SourceNamespace, root.SourceNamespace)
	out.StatPrefix = cmp.Or(out.StatPrefix, root.StatPrefix)
	if len(out.Gateways) == 0 {
		out.Gateways = root.Gateways
	}
	return out
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

// matchConflict says in which property a condition of a delegate is not a part of one of the root; "" where it is.
func matchConflict(root, leaf *networking.HTTPMatchRequest) string {
	switch {
	case stringConflict(root.Uri, leaf.Uri):
		return "uri"
	case stringConflict(root.Scheme, leaf.Scheme):
		return "scheme"
	case stringConflict(root.Method, leaf.Method):
		return "method"
	case stringConflict(root.Authority, leaf.Authority):
		return "authority"
	case mapConflict(root.Headers, leaf.Headers):
		return "headers"
	case mapConflict(root.WithoutHeaders, leaf.WithoutHeaders):
		return "withoutHeaders"
	case mapConflict(root.QueryParams, leaf.QueryParams):
		return "queryParams"
	case root.IgnoreUriCase != leaf.IgnoreUriCase:
		return "ignoreUriCase"
	case root.Port > 0 && leaf.Port > 0 && root.Port != leaf.Port:
		return "port"
	case root.SourceNamespace != "" && leaf.SourceNamespace != root.SourceNamespace:
		return "sourceNamespace"
	case labelConflict(root.SourceLabels, leaf.SourceLabels):
		return "sourceLabels"
	case len(root.Gateways) > 0 && !narrows(root.Gateways, leaf.Gateways):
		return "gateways"
	}
	return ""
}

// narrows says whether all gateways of a delegate are among the root's. A longer list is not, whatever it repeats.
func narrows(root, leaf []string) bool { return len(leaf) <= len(root) && subset(leaf, root) }

func mapConflict(root, leaf map[string]*networking.StringMatch) bool {
	for k, l := range leaf {
		if stringConflict(root[k], l) {
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

// stringConflict says whether what a delegate matches is not a part of what the root matches. A regular expression
// agrees with nothing else.
func stringConflict(root, leaf *networking.StringMatch) bool {
	if root == nil || leaf == nil {
		return false
	}
	if root.GetExact() != "" && leaf.GetRegex() == "" && leaf.GetPrefix() == "" {
		return root.GetExact() != leaf.GetExact()
	}
	if prefix := root.GetPrefix(); prefix != "" && leaf.GetRegex() == "" {
		if leaf.GetPrefix() == "" && leaf.GetExact() == "" {
			return true
		}
		return !strings.HasPrefix(cmp.Or(leaf.GetPrefix(), leaf.GetExact()), prefix)
	}
	return true
}
