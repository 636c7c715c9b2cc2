package explain

import (
	"cmp"
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/diff"
	"sem.example/internal/mesh"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// An AttachedPolicy is a policy that a workload applies to the requests that it receives.
type AttachedPolicy struct {
	Kind, Namespace, Name string
	Action                string // ALLOW, DENY, …; JWT of a RequestAuthentication, STRICT of a PeerAuthentication
}

// PoliciesOf returns the policies of a workload: who may send requests to it, which tokens it accepts, and whether it requires
// mutual TLS.
func PoliciesOf(w *pipeline.World, p simulate.Proxy) []AttachedPolicy {
	view, err := w.View(p)
	if err != nil {
		return nil
	}
	var out []AttachedPolicy
	add := func(o *config.Object, action string) {
		out = append(out, AttachedPolicy{o.Kind, o.Namespace, o.Name, action})
	}
	for _, o := range view.AuthorizationPolicies() {
		if spec, ok := o.Spec.(*security.AuthorizationPolicy); ok {
			add(o, spec.GetAction().String())
		}
	}
	for _, o := range view.RequestAuthentications() {
		add(o, "JWT")
	}
	if mode, at := view.MutualTLS(0); mode == security.PeerAuthentication_MutualTLS_STRICT && at.Known() {
		add(at.Object, "STRICT")
	}
	return out
}

// RuleHost is the host of a DestinationRule in full.
func RuleHost(w *pipeline.World, o *config.Object) (string, bool) {
	spec, ok := o.Spec.(*networking.DestinationRule)
	if !ok {
		return "", false
	}
	return mesh.FullHost(spec.GetHost(), o.Namespace, w.Mesh.Settings.Domain), true
}

// RequestRoutes is the path of one request as a list of routes: the one that each proxy on the way chose.
func RequestRoutes(w *pipeline.World, t *simulate.Trace) *diff.RouteList {
	list := &diff.RouteList{APIVersion: "sem/v1", Kind: "RouteList", Groups: []diff.RouteGroup{}, Assuming: w.AssumedInShort()}
	for i := range t.Hops {
		h := &t.Hops[i]
		if h.Direction == pipeline.Inbound {
			continue // the last part of the way to the workload
		}
		verdict := simulate.Delivered
		if i == len(t.Hops)-1 || t.Hops[i+1].Direction == pipeline.Inbound {
			verdict = t.Verdict
		}
		list.Groups = append(list.Groups, diff.RouteGroup{
			Direction: h.Direction, Proxies: []string{h.Proxy.Namespace + "/" + h.Proxy.Name}, Routes: []diff.ListedRoute{takenRoute(h, verdict, t.Call.Port)},
		})
	}
	if len(list.Groups) > 0 {
		list.Groups[0].NotModelled = t.NotModelled
	}
	return list
}

// takenRoute is the route that a hop chose.
func takenRoute(h *simulate.Hop, v simulate.Verdict, port uint32) diff.ListedRoute {
	r := diff.ListedRoute{
		Host: cmp.Or(h.Authority, "*"), Port: port, Verdict: v, Response: h.Response, Rewrite: h.Rewrite, Headers: h.Headers, Policy: h.Policy,
		Destinations: destinations(h), Written: writtenAt(h),
	}
	if at := strings.LastIndexByte(h.VirtualHost, ':'); at > 0 {
		if n, err := strconv.ParseUint(h.VirtualHost[at+1:], 10, 16); err == nil && h.VirtualHost[:at] != "*" {
			r.Host, r.Port = h.VirtualHost[:at], uint32(n)
		}
	}
	r.Hosts = []string{r.Host}
	for _, s := range h.Steps {
		if s.Stage == "route" && s.Because != "" && !strings.Contains(s.Because, `path starts with "/"`) {
			r.Match = []string{s.Because}
		}
	}
	return r
}

// Findings are the findings of validation about the resources of a world, as a policy wants them.
func Findings(w *pipeline.World, policy diag.Policy) diag.List {
	var docs []*source.Document
	seen := map[*source.Document]bool{}
	for _, o := range w.Objects {
		if o.Doc != nil && !seen[o.Doc] {
			seen[o.Doc] = true
			docs = append(docs, o.Doc)
		}
	}
	found := w.FindingsAbout(docs, func(*diag.Check) bool { return true })
	found, _ = policy.Apply(found.Suppress(&source.Input{Files: w.Input.Files, Documents: docs}))
	found.Sort()
	return found.Distinct()
}
