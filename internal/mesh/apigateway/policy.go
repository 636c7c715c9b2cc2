package apigateway

import (
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh/trafficpolicy"
	"sem.example/internal/release"
)

// ignoreAttachment is the annotation of a policy that Istio is to leave out.
const ignoreAttachment = "istio.io/ignore-policy-attachment"

// A target is a Service or ServiceEntry that policies are attached to.
type target struct{ kind, namespace, name string }

// policies are the traffic policies of hosts that policies and XBackends set: one for each host of a target, as istiod makes one
// DestinationRule of them. Of several policies for the same the oldest counts.
func (t *translator) policies() []*trafficpolicy.Rule {
	a := attacher{translator: t, rules: map[target][]*trafficpolicy.Rule{}}
	for _, o := range t.registry.Objects(gatewayapi.Group + "/BackendTLSPolicy") {
		a.tlsPolicy(o)
	}
	a.experimental("XBackendTrafficPolicy", t.has(release.AlphaGatewayAPI), a.trafficPolicy)
	a.experimental("XBackend", t.has(release.ExternalBackends), a.backend)
	return a.out
}

// experimental attaches what the objects of an experimental kind set, or records that istiod does not read them.
func (a *attacher) experimental(kind string, known bool, attach func(*config.Object)) {
	for _, o := range a.registry.Objects(gatewayapi.ExperimentalGroup + "/" + kind) {
		c := Condition{Type: accepted, Reason: "Pending", At: config.At(o, "spec")}
		switch {
		case !a.alpha():
			c.Message = "istiod reads this kind only with PILOT_ENABLE_ALPHA_GATEWAY_API=true"
		case !known:
			c.Message = "Istio " + a.registry.Settings.Release.String() + " does not read this kind"
		default:
			attach(o)
			continue
		}
		a.status.fail(c)
	}
}

// An attacher gathers policies by what they are attached to.
type attacher struct {
	*translator
	rules map[target][]*trafficpolicy.Rule
	out   []*trafficpolicy.Rule
}

// attach has a policy set something for each host of a target. Set returns where it is set already; the zero place where it is not.
func (a *attacher) attach(o *config.Object, at config.Place, to target, hosts []string, set func(*trafficpolicy.Policy) config.Place) {
	if a.rules[to] == nil {
		for _, host := range hosts {
			name := to.name + "~" + gatewayapi.Generated
			if to.kind != "Service" {
				name = to.name + "~" + strings.ReplaceAll(host, ".", "-") + "~" + gatewayapi.Generated
			}
			rule := &trafficpolicy.Rule{
				Host: host, HostAt: at, Name: name, Object: o, Policy: &trafficpolicy.Policy{At: config.At(o, "spec")},
				Yields: a.has(release.BackendPolicyMerge),
			}
			a.rules[to], a.out = append(a.rules[to], rule), append(a.out, rule)
		}
	}
	for _, rule := range a.rules[to] {
		switch earlier := set(rule.Policy); {
		case earlier.Object == o: // the policy names the target twice
		case earlier.Known():
			a.status.fail(Condition{
				Type: accepted, Reason: "Conflicted", At: at, Other: earlier,
				Message: named(earlier.Object) + " is attached to it too, and is older or comes first by name",
			})
		case !slices.Contains(rule.From, o):
			rule.From = append(rule.From, o)
		}
	}
}

// attachTo has a policy set something for what its targetRefs name. The port is that of a section, 0 for all ports.
func (a *attacher) attachTo(o *config.Object, refs []gatewayapi.PolicyTarget, kinds []string, set func(p *trafficpolicy.Policy, port uint32) config.Place) {
	if a.has(release.IgnorePolicyAttachment) && strings.EqualFold(o.Annotations[ignoreAttachment], "true") {
		a.ignore(config.At(o, "metadata.annotations").Key(ignoreAttachment), "Istio ignores policies with this annotation")
		return
	}
	for i, ref := range refs {
		at := config.At(o, "spec.targetRefs").Item(i)
		kind := strings.TrimPrefix(normal(gatewayapi.ObjectReference{Group: &ref.Group, Kind: &ref.Kind}, "", ""), "networking.istio.io/")
		if !slices.Contains(kinds, kind) {
			a.status.fail(Condition{Type: accepted, Reason: "TargetNotFound", At: at, Message: "a " + shortKind(kind) + " cannot be a target, only a " + strings.Join(kinds, " or ")})
			continue
		}
		object := a.object(kind, o.Namespace, ref.Name)
		if object == nil {
			a.status.fail(Condition{
				Type: accepted, Reason: "TargetNotFound", At: at, Missing: Missing{kind, o.Namespace, ref.Name},
				Message: kind + " " + o.Namespace + "/" + ref.Name + " does not exist",
			})
			continue
		}
		port, found := section(object, value(ref.SectionName, ""))
		if !found {
			a.status.fail(Condition{
				Type: accepted, Reason: "TargetNotFound", At: at.Sub("sectionName"), Other: config.At(object, "spec.ports"),
				Message: named(object) + " has no port named " + *ref.SectionName,
			})
			continue
		}
		a.attach(o, at, target{kind, o.Namespace, ref.Name}, a.hostsOf(object), func(p *trafficpolicy.Policy) config.Place { return set(p, port) })
	}
}

// hostsOf are the hosts of a Service or ServiceEntry.
func (a *attacher) hostsOf(o *config.Object) []string {
	if o.Kind == "Service" {
		return []string{hostname.Kubernetes(o.Name, o.Namespace, a.registry.Settings.Domain)}
	}
	return config.Spec[*networking.ServiceEntry](o).GetHosts()
}

// section returns the number of a port of a Service or ServiceEntry by its name: 0 for no name.
func section(o *config.Object, name string) (uint32, bool) {
	if name == "" {
		return 0, true
	}
	if spec, ok := o.Spec.(*networking.ServiceEntry); ok {
		for _, p := range spec.GetPorts() {
			if p.GetName() == name {
				return p.GetNumber(), true
			}
		}
		return 0, false
	}
	for _, p := range config.Spec[*config.Service](o).Spec.Ports {
		if p.Name == name {
			return uint32(p.Port), true
		}
	}
	return 0, false
}

// tlsPolicy attaches the TLS that a BackendTLSPolicy sets.
func (a *attacher) tlsPolicy(o *config.Object) {
	spec := config.Spec[*gatewayapi.BackendTLSPolicy](o).Spec
	tls := a.backendTLS(o, spec.Validation, "spec.validation", "spec.validation")
	a.attachTo(o, spec.TargetRefs, []string{"Service", "ServiceEntry"}, func(p *trafficpolicy.Policy, port uint32) config.Place {
		return setTLS(p, port, tls)
	})
}

// backend attaches the TLS that an XBackend sets for itself. Istio reads the mode ServerOnly alone.
func (a *attacher) backend(o *config.Object) {
	b := config.Spec[*gatewayapi.XBackend](o)
	settings := b.Spec.TLS
	switch {
	case b.Host() == "" || settings == nil || settings.Mode == "None":
		return
	case settings.Mode != "ServerOnly":
		a.ignore(config.At(o, "spec.tls.mode"), "Istio shows no client certificate to an XBackend: the connection has no TLS")
		return
	}
	tls := a.backendTLS(o, value(settings.Validation, gatewayapi.BackendValidation{}), "spec.tls", "spec.tls.validation")
	if tls.Value.Sni == "" {
		tls.Value.Sni = b.Host()
	}
	a.attach(o, config.At(o, "spec.externalHostname.hostname"), target{o.Kind, o.Namespace, o.Name}, []string{b.Host()},
		func(p *trafficpolicy.Policy) config.Place { return setTLS(p, b.Spec.Port.Port, tls) })
}

// setTLS sets TLS for a port, or for all where it is 0, and returns where TLS is set there already.
func setTLS(p *trafficpolicy.Policy, port uint32, tls config.Setting[*networking.ClientTLSSettings]) (earlier config.Place) {
	if port == 0 {
		earlier, p.TLS = p.TLS.At, p.TLS.Or(tls)
		return earlier
	}
	if own := p.Port(port); own != nil {
		return own.TLS.At
	}
	p.Ports = append(p.Ports, trafficpolicy.PortPolicy{Number: port, Policy: trafficpolicy.Policy{At: tls.At, TLS: tls}})
	return config.Place{}
}

// backendTLS is TLS with a server whose certificate is validated. The fields are what sets TLS, and what says how to validate.
func (a *attacher) backendTLS(o *config.Object, v gatewayapi.BackendValidation, field, validation string) config.Setting[*networking.ClientTLSSettings] {
	tls := &networking.ClientTLSSettings{Mode: networking.ClientTLSSettings_SIMPLE, Sni: v.Hostname, CredentialName: a.authorities(o, v, validation)}
	for _, n := range v.SubjectAltNames {
		switch n.Type {
		case "Hostname":
			tls.SubjectAltNames = append(tls.SubjectAltNames, n.Hostname)
		case "URI":
			tls.SubjectAltNames = append(tls.SubjectAltNames, n.URI)
		}
	}
	return config.Setting[*networking.ClientTLSSettings]{Value: tls, At: config.At(o, field)}
}

// authorities names the certificate authorities of a server: those of the system have no name. Where they cannot be read, the name
// is one that no certificate has, and every handshake fails.
func (a *attacher) authorities(o *config.Object, v gatewayapi.BackendValidation, field string) string {
	if v.WellKnownCACertificates != nil || len(v.CACertificateRefs) == 0 {
		return ""
	}
	const unreadable = "invalid://"
	ref, name := v.CACertificateRefs[0], o.Namespace+"/"+v.CACertificateRefs[0].Name
	c := Condition{Type: resolvedRefs, Reason: "InvalidCACertificateRef", At: config.At(o, field).Sub("caCertificateRefs").Item(0)}
	object := a.object("ConfigMap", o.Namespace, ref.Name)
	switch {
	case normal(ref, "", "") != "ConfigMap":
		c.Reason, c.Message = "InvalidKind", "Istio reads certificate authorities from a ConfigMap only"
	case object == nil:
		c.Message, c.Missing = "ConfigMap "+name+" does not exist", Missing{"ConfigMap", o.Namespace, ref.Name}
	case !holdsAuthorities(config.Spec[*config.ConfigMap](object)):
		c.Message, c.Other = "ConfigMap "+name+" has no certificate authorities under ca.crt", config.At(object, "data")
	default:
		return "configmap://" + name
	}
	a.status.fail(c)
	return unreadable
}

func holdsAuthorities(m *config.ConfigMap) bool {
	return m.Data["ca.crt"] != "" || m.Data["cacert"] != ""
}

// trafficPolicy attaches the retry budget that an XBackendTrafficPolicy sets.
func (a *attacher) trafficPolicy(o *config.Object) {
	spec := config.Spec[*gatewayapi.XBackendTrafficPolicy](o).Spec
	if spec.RetryConstraint == nil {
		return
	}
	budget := retryBudget(spec.RetryConstraint)
	setting := config.Setting[*networking.TrafficPolicy_RetryBudget]{Value: budget, At: config.At(o, "spec.retryConstraint")}
	a.attachTo(o, spec.TargetRefs, []string{"Service"}, func(p *trafficpolicy.Policy, _ uint32) (earlier config.Place) {
		earlier, p.RetryBudget = p.RetryBudget.At, p.RetryBudget.Or(setting)
		return earlier
	})
}

// retryBudget translates a retry constraint, with the defaults of the Gateway API.
func retryBudget(in *gatewayapi.RetryConstraint) *networking.TrafficPolicy_RetryBudget {
	out := &networking.TrafficPolicy_RetryBudget{BudgetInterval: durationpb.New(10 * time.Second), MinRetryConcurrency: 10}
	if b := in.Budget; b != nil {
		if b.Percent != nil {
			out.Percent = wrapperspb.Double(float64(*b.Percent))
		}
		if d := duration(b.Interval); d != 0 {
			out.BudgetInterval = durationpb.New(d)
		}
	}
	if r := in.MinRetryRate; r != nil {
		out.MinRetryConcurrency = uint32(value(r.Count, 0))
	}
	return out
}
