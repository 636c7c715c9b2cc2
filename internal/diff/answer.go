package diff

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sem.example/simulate"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// writeNamed adds a header or a query parameter to a call and returns the query.
func writeNamed(c *simulate.Call, about, text, query string) string {
	kind, name, _ := strings.Cut(about, " ")
	if kind == "header" {
		c.Headers[name] = []string{text}
		return query
	}
	lead := "?"
	if query != "" {
		lead = "&"
	}
	return query + lead + name + "=" + text
}

// An answer is what of a trace is compared: what the application gets to see, and what the server does.
type answer struct {
	Verdict  simulate.Verdict
	Response *simulate.Response
	Shares   map[string]string // of the destinations
	Rewrite  *simulate.Rewrite
	Headers  *simulate.HeaderOps
	Policy   *simulate.Policy
	Protocol string
	TLS      []simulate.TLS
	Ways     []way // where the destinations do not have headers, rewrite and policy in common
}

func answerOf(t *simulate.Trace) answer {
	h := &t.Hops[0]
	a := answer{Verdict: t.Verdict, Response: h.Response, Rewrite: h.Rewrite, Headers: h.Headers, Protocol: h.Protocol, Shares: map[string]string{}}
	if a.Verdict == simulate.NoVirtualHost {
		a.Verdict = simulate.NoRoute // the application sees the same
	}
	a.Policy = policyOf(h.Policy)
	a.gather(h)
	a.ways(h)
	if aborted(a.Verdict, h.Branches) {
		a.Shares, a.Ways = nil, nil
	}
	if sendsNothing(a.Verdict) {
		a.Policy, a.Rewrite, a.Headers, a.TLS = faultOf(h.Policy), nil, responseOf(h.Headers), nil
	}
	return a
}

// sendsNothing reports whether a verdict says that nothing is sent, repeated or copied.
func sendsNothing(v simulate.Verdict) bool {
	return slices.Contains([]simulate.Verdict{simulate.NoCluster, simulate.Denied, simulate.FaultAborted, simulate.DirectResponse, simulate.Redirected}, v)
}

// aborted reports whether a fault aborts a call, whatever its destinations: where it aborts a share, the share is a branch.
func aborted(v simulate.Verdict, branches []simulate.Branch) bool {
	return v == simulate.FaultAborted && !slices.ContainsFunc(branches, func(b simulate.Branch) bool { return b.Verdict != "" })
}

// policyOf is a policy in which mirrors are named by their hosts.
func policyOf(of *simulate.Policy) *simulate.Policy {
	if of == nil {
		return nil
	}
	p := *of
	p.Mirrors = slices.Clone(of.Mirrors)
	for i := range p.Mirrors {
		p.Mirrors[i].Cluster = hostOf(p.Mirrors[i].Cluster)
	}
	return &p
}

// faultOf leaves of a policy what happens before a destination is looked for.
func faultOf(p *simulate.Policy) *simulate.Policy {
	if p == nil || p.Fault == nil {
		return nil
	}
	return &simulate.Policy{Fault: p.Fault}
}

// responseOf leaves of the header operations those of the response, which are done to one of the proxy too.
func responseOf(ops *simulate.HeaderOps) *simulate.HeaderOps {
	if ops == nil || ops.Response == nil {
		return nil
	}
	return &simulate.HeaderOps{Response: ops.Response}
}

// A way is what happens to a share of a call.
type way struct {
	Share   string
	To      []string // the endpoints
	Headers *simulate.HeaderOps
	Rewrite *simulate.Rewrite
	Policy  *simulate.Policy
}

// ways tells the branches of a call apart that do different things to it.
func (a *answer) ways(h *simulate.Hop) {
	shares, ways, all := map[string]float64{}, map[string]way{}, map[string]bool{}
	for _, b := range h.Branches {
		w := way{Headers: b.Headers, Rewrite: b.Rewrite, Policy: policyOf(b.Policy)}
		if sendsNothing(b.Verdict) || sendsNothing(a.Verdict) && (a.Verdict != simulate.NoCluster || b.Verdict == "") {
			w = way{Headers: responseOf(b.Headers), Policy: faultOf(b.Policy)}
		}
		if b.Share == 0 {
			continue
		}
		all[text(w)] = true
		if len(b.Endpoints) > 0 {
			w.To = sortedKeys(placesOf(b))
		}
		ways[text(w)] = w
		shares[text(w)] += b.Share
	}
	if len(all) < 2 {
		return
	}
	a.Headers, a.Rewrite, a.Policy = nil, nil, faultOf(h.Policy)
	for _, key := range sortedKeys(ways) {
		w := ways[key]
		w.Share = percent(shares[key])
		a.Ways = append(a.Ways, w)
	}
}

func percent(share float64) string { return fmt.Sprintf("%.6g%%", 100*share) }

// gather sums the shares of the places that the call may go to.
func (a *answer) gather(h *simulate.Hop) {
	branches := h.Branches
	if len(branches) == 0 {
		branches = []simulate.Branch{{Share: 1, Cluster: h.Cluster, Endpoints: h.Endpoints, TLS: h.TLS, Rewrite: h.Rewrite}}
	}
	shares := map[string]float64{}
	for _, b := range branches {
		tls := simulate.TLS{}
		if b.TLS != nil {
			tls = *b.TLS
		}
		if b.Share > 0 && !slices.ContainsFunc(a.TLS, func(t simulate.TLS) bool { return text(t) == text(tls) }) {
			a.TLS = append(a.TLS, tls)
		}
		for place, share := range placesOf(b) {
			if b.Verdict != "" && b.Verdict != a.Verdict {
				place += " " + string(b.Verdict)
			}
			shares[place] += b.Share * share
		}
	}
	for place, share := range shares {
		a.Shares[place] = percent(share)
	}
	slices.SortFunc(a.TLS, func(x, y simulate.TLS) int { return strings.Compare(text(x), text(y)) })
}

// placesOf are the shares of the endpoints of a branch; without endpoints the cluster says where it is meant to go.
func placesOf(b simulate.Branch) map[string]float64 {
	out := map[string]float64{}
	for _, e := range b.Endpoints {
		out[strings.TrimSpace(fmt.Sprintf("%s:%d p%d %s %s", e.Address, e.Port, e.Priority, e.TLS, e.SNI))] += e.Share
	}
	if len(out) == 0 {
		out[b.Cluster] = 1
	}
	return out
}

// hostOf is what a cluster's name says of the host, the subset left out.
func hostOf(cluster string) string {
	parts := strings.Split(cluster, "|")
	if len(parts) != 4 {
		return cluster
	}
	return parts[3] + ":" + parts[1]
}

// Differ reports whether two traces answer a call differently, and of which kind that is.
func Differ(old, new *simulate.Trace) (Kind, bool) {
	a, b := answerOf(old), answerOf(new)
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if string(x) == string(y) {
		return "", false
	}
	return cmp.Or(grave(a, b), moved(a, b), Policy), true
}

func grave(a, b answer) Kind {
	switch {
	case a.Verdict.Succeeded() && !b.Verdict.Succeeded():
		return Broken
	case a.Verdict == simulate.Denied && b.Verdict != simulate.Denied, weaker(a.TLS, b.TLS):
		return LessSafe
	case !a.Verdict.Succeeded() && b.Verdict.Succeeded():
		return Repaired
	}
	return ""
}

func moved(a, b answer) Kind {
	if a.Verdict != b.Verdict || text(a.Shares) != text(b.Shares) || text(a.Response) != text(b.Response) || text(a.Rewrite) != text(b.Rewrite) {
		return Moved
	}
	return ""
}

// weaker reports whether some destination is encrypted less, or verified less, than any was.
func weaker(old, new []simulate.TLS) bool {
	least := func(all []simulate.TLS) int {
		strength := 3
		for _, t := range all {
			strength = min(strength, strengthOf(t))
		}
		return strength
	}
	return len(old) > 0 && len(new) > 0 && least(new) < least(old)
}

func strengthOf(t simulate.TLS) int {
	switch {
	case t.OriginatedBy == "none" || t.OriginatedBy == "" && t.Mode == "":
		return 0
	case t.OriginatedBy == "application", t.Verified:
		return 2
	}
	return 1
}

// Details are the fields of the answers of two traces that differ, each as "part field: old → new".
func Details(old, new *simulate.Trace) []string {
	a, b := answerOf(old), answerOf(new)
	if x, y := a.Verdict.Succeeded(), b.Verdict.Succeeded(); x != y {
		return []string{fmt.Sprintf("verdict: %s → %s", a.Verdict, b.Verdict)}
	}
	var out []string
	for _, part := range []struct {
		name     string
		old, new any
	}{
		{"verdict", a.Verdict, b.Verdict}, {"response", a.Response, b.Response}, {"endpoints", a.Shares, b.Shares}, {"TLS", a.TLS, b.TLS},
		{"rewrite", a.Rewrite, b.Rewrite}, {"headers", a.Headers, b.Headers}, {"protocol", a.Protocol, b.Protocol},
	} {
		out = append(out, changedFields(part.name, part.old, part.new)...)
	}
	out = append(out, policyDetails(a.Policy, b.Policy)...)
	if a.Ways != nil && b.Ways != nil || len(out) == 0 {
		out = append(out, changedFields("destinations", a.Ways, b.Ways)...)
	}
	return out
}

// changedFields are the fields of a part of an answer that differ.
func changedFields(name string, old, new any) []string {
	x, y := map[string]string{}, map[string]string{}
	flatten(name, decoded(old), x)
	flatten(name, decoded(new), y)
	fields := slices.Concat(sortedKeys(x), sortedKeys(y))
	slices.Sort(fields)
	var out []string
	for _, field := range slices.Compact(fields) {
		if a, b := cmp.Or(x[field], "none"), cmp.Or(y[field], "none"); a != b {
			out = append(out, fmt.Sprintf("%s: %s → %s", strings.TrimSpace(field), a, b))
		}
	}
	return out
}

// decoded returns a value as its JSON form reads.
func decoded(v any) any {
	var out any
	if err := json.Unmarshal([]byte(text(v)), &out); err != nil {
		return nil
	}
	return out
}

// flatten writes the scalars of a JSON value into a map, by their path. A list of one item needs no index.
func flatten(path string, v any, into map[string]string) {
	switch v := v.(type) {
	case nil:
	case map[string]any:
		if len(v) == 0 && strings.Contains(path, ".") {
			into[path] = "set" // to be there is all that it says
		}
		for key, value := range v {
			step := "."
			if !strings.Contains(path, " ") {
				step = " "
			}
			flatten(path+step+key, value, into)
		}
	case []any:
		for i, item := range v {
			if len(v) > 1 {
				flatten(fmt.Sprintf("%s[%d]", path, i), item, into)
			} else {
				flatten(path, item, into)
			}
		}
	default:
		if scalar := text(v); scalar != `""` {
			into[path] = scalar
		}
	}
}

func policyDetails(old, new *simulate.Policy) []string {
	x, y := fieldsOf(old), fieldsOf(new)
	all := slices.Concat(sortedKeys(x), sortedKeys(y))
	slices.Sort(all)
	var out []string
	for _, name := range slices.Compact(all) {
		if a, b := text(x[name]), text(y[name]); a != b {
			out = append(out, fmt.Sprintf("%s: %s → %s", name, orNone(a), orNone(b)))
		}
	}
	return out
}

func orNone(text string) string {
	if text == "null" {
		return "none"
	}
	return text
}

func fieldsOf(v any) map[string]any {
	out := map[string]any{}
	data, _ := json.Marshal(v)
	_ = json.Unmarshal(data, &out) // null leaves it empty
	return out
}
