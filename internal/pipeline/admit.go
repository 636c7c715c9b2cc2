package pipeline

import (
	"fmt"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/release"
	"sem.example/internal/source"
)

// admit holds an object against what the webhook of an older release refuses and the newest one admits.
func admit(o *config.Object, r release.Release) (refused bool, found diag.List) {
	a := admission{o: o, release: r}
	if o.Kind == "TrafficExtension" && !r.Has(release.TrafficExtensions) {
		a.reject("kind", "there is no kind TrafficExtension; it is new in %s", release.TrafficExtensions.Change().Since)
	}
	if o.Kind == "Telemetry" {
		a.tracing()
	}
	switch spec := o.Spec.(type) {
	case *networking.Sidecar:
		a.sidecar(spec)
	case *networking.VirtualService:
		a.redirects(spec)
	case *networking.ServiceEntry:
		a.entry(spec)
	case *security.AuthorizationPolicy:
		a.sources(spec)
		a.conditions(spec)
	case *networking.DestinationRule:
		a.warmups(spec)
	case *networking.EnvoyFilter:
		a.patches(spec)
	}
	return a.refused, a.found
}

type admission struct {
	o       *config.Object
	release release.Release
	refused bool
	found   diag.List
}

// reject notes that the webhook refuses the object.
func (a *admission) reject(field, format string, args ...any) {
	a.refused = true
	a.add(diag.Rejected, field, format, args...)
}

func (a *admission) add(level diag.Admission, field, format string, args ...any) {
	a.found = append(a.found, diag.Diagnostic{
		Check: diag.NewerThanRelease, Admission: level, At: source.Place{Doc: a.o.Doc, Field: field},
		Message: fmt.Sprintf("Istio %s: ", a.release) + fmt.Sprintf(format, args...),
	})
}

// sidecar refuses hosts that exclude a namespace.
func (a *admission) sidecar(spec *networking.Sidecar) {
	if a.release.Has(release.EgressExclusion) {
		return
	}
	for i, egress := range spec.GetEgress() {
		for j, host := range egress.GetHosts() {
			at := source.Index(source.Index("spec.egress", i)+".hosts", j)
			namespace, _, _ := strings.Cut(host, "/")
			switch {
			case len(namespace) > 1 && strings.HasPrefix(namespace, "~"):
				a.reject(at, "%q is not a namespace; hosts that exclude one are new in %s", namespace, release.EgressExclusion.Change().Since)
			case namespace == "~" && slices.Contains(egress.GetHosts()[:j], host):
				a.add(diag.Warned, at, "the host %q is there twice", host)
			}
		}
	}
}

// redirects refuses redirects that change nothing, once the fields that the release lacks are gone.
func (a *admission) redirects(spec *networking.VirtualService) {
	if a.release.Has(release.RedirectPrefix) {
		return
	}
	for i, rule := range spec.GetHttp() {
		if rd := rule.GetRedirect(); rd != nil && rd.GetUri() == "" && rd.GetAuthority() == "" && rd.GetScheme() == "" && rd.GetRedirectPort() == nil {
			a.reject(source.Index("spec.http", i)+".redirect", "a redirect needs uri, authority, scheme or port")
		}
	}
}

// entry refuses names that the proxy resolves on ports and in places that are newer than the release.
func (a *admission) entry(spec *networking.ServiceEntry) {
	if spec.GetResolution() != networking.ServiceEntry_DYNAMIC_DNS {
		return
	}
	tls, http2 := a.release.Has(release.DynamicDNSTLS), a.release.Has(release.DynamicDNSHTTP2)
	allowed := map[string]bool{"HTTP": true, "TLS": tls, "HTTP2": http2, "GRPC": http2}
	for i, port := range spec.GetPorts() {
		if !allowed[strings.ToUpper(port.GetProtocol())] {
			a.reject(source.Index("spec.ports", i)+".protocol", "resolution DYNAMIC_DNS does not allow protocol %s", port.GetProtocol())
		}
	}
	if !http2 && spec.GetLocation() != networking.ServiceEntry_MESH_EXTERNAL {
		a.reject("spec.location", "resolution DYNAMIC_DNS needs location MESH_EXTERNAL")
	}
}

// sources refuses sources without a condition, once the fields that the release lacks are gone.
func (a *admission) sources(spec *security.AuthorizationPolicy) {
	if a.release.Has(release.TrustDomains) {
		return
	}
	for i, rule := range spec.GetRules() {
		for j, from := range rule.GetFrom() {
			if s := from.GetSource(); s != nil && len(s.GetPrincipals())+len(s.GetNotPrincipals())+len(s.GetRequestPrincipals())+
				len(s.GetNotRequestPrincipals())+len(s.GetNamespaces())+len(s.GetNotNamespaces())+len(s.GetIpBlocks())+len(s.GetNotIpBlocks())+
				len(s.GetRemoteIpBlocks())+len(s.GetNotRemoteIpBlocks())+len(s.GetServiceAccounts())+len(s.GetNotServiceAccounts()) == 0 {
				a.reject(source.Index(source.Index("spec.rules", i)+".from", j)+".source", "a source needs a condition")
			}
		}
	}
}

// conditions refuses conditions on what the release does not know of a client.
func (a *admission) conditions(spec *security.AuthorizationPolicy) {
	if a.release.Has(release.TrustDomains) {
		return
	}
	for i, rule := range spec.GetRules() {
		for j, when := range rule.GetWhen() {
			if when.GetKey() == "source.trustDomain" {
				a.reject(source.Index(source.Index("spec.rules", i)+".when", j)+".key", "there is no condition source.trustDomain; it is new in %s", release.TrustDomains.Change().Since)
			}
		}
	}
}

// warmups refuses a warmup with an aggression below 1, in each policy of a rule.
func (a *admission) warmups(spec *networking.DestinationRule) {
	if a.release.Has(release.WarmupAggression) {
		return
	}
	a.warmup("spec.trafficPolicy", spec.GetTrafficPolicy())
	for i, subset := range spec.GetSubsets() {
		a.warmup(source.Index("spec.subsets", i)+".trafficPolicy", subset.GetTrafficPolicy())
	}
}

func (a *admission) warmup(at string, policy *networking.TrafficPolicy) {
	refuse := func(at string, lb *networking.LoadBalancerSettings) {
		if w := lb.GetWarmup(); w.GetAggression() != nil && w.GetAggression().GetValue() < 1 {
			a.reject(at+".loadBalancer.warmup.aggression", "an aggression below 1 is new in %s", release.WarmupAggression.Change().Since)
		}
	}
	refuse(at, policy.GetLoadBalancer())
	for i, port := range policy.GetPortLevelSettings() {
		refuse(source.Index(at+".portLevelSettings", i), port.GetLoadBalancer())
	}
}

// patches refuses operations and contexts that the release does not know.
func (a *admission) patches(spec *networking.EnvoyFilter) {
	for i, p := range spec.GetConfigPatches() {
		at := source.Index("spec.configPatches", i)
		if op := p.GetPatch().GetOperation(); op == networking.EnvoyFilter_Patch_MERGE_AND_REPLACE_LIST && !a.release.Has(release.ListReplacement) {
			a.reject(at+".patch.operation", "there is no operation %s; it is new in %s", op, release.ListReplacement.Change().Since)
		}
		if context := p.GetMatch().GetContext(); context == networking.EnvoyFilter_WAYPOINT && !a.release.Has(release.WaypointPatches) {
			a.reject(at+".match.context", "there is no context %s; it is new in %s", context, release.WaypointPatches.Change().Since)
		}
	}
}

// tracing notes fields of a Telemetry in maps that the release does not know: the API server drops them.
func (a *admission) tracing() {
	if a.o.Doc == nil || a.o.Doc.Lookup("spec.tracing") == nil {
		return
	}
	lacks := func(b release.Behaviour, n *source.Node, at, field string) {
		if n.Get(field) != nil && !a.release.Has(b) {
			a.add(diag.Rejected, source.Join(at, field), "there is no field %s; it is new in %s", field, b.Change().Since)
		}
	}
	for i, t := range a.o.Doc.Lookup("spec.tracing").Items {
		at := source.Index("spec.tracing", i)
		tags := t.Get("customTags")
		if tags == nil {
			continue
		}
		for _, tag := range tags.Fields {
			lacks(release.TracingFields, tag.Value, source.Join(at+".customTags", tag.Key), "formatter")
		}
	}
}
