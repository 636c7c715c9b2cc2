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
	switch spec := o.Spec.(type) {
	case *networking.Sidecar:
		a.sidecar(spec)
	case *networking.VirtualService:
		a.redirects(spec)
	case *networking.ServiceEntry:
		a.entry(spec)
	case *security.AuthorizationPolicy:
		a.sources(spec)
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
				a.reject(at, "%q is not a namespace; hosts that exclude one are new in 1.31", namespace)
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

// entry refuses names that the proxy resolves on ports that are not HTTP.
func (a *admission) entry(spec *networking.ServiceEntry) {
	if a.release.Has(release.DynamicDNSTLS) || spec.GetResolution() != networking.ServiceEntry_DYNAMIC_DNS {
		return
	}
	for i, port := range spec.GetPorts() {
		if p := strings.ToUpper(port.GetProtocol()); p != "HTTP" && p != "HTTP2" && p != "GRPC" {
			a.reject(source.Index("spec.ports", i)+".protocol", "resolution DYNAMIC_DNS takes HTTP ports alone; TLS ports are new in 1.29")
		}
	}
}

// sources refuses sources without a condition, once the fields that the release lacks are gone.
func (a *admission) sources(spec *security.AuthorizationPolicy) {
	if a.release.Has(release.NotTrustDomains) {
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
