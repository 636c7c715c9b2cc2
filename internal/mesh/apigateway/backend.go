package apigateway

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/release"
)

// backends makes a rule forward to its backends, each by its weight. Without any it answers with an error. It is false where
// a backend takes the whole route out.
func (t *translator) backends(rule *routing.HTTPRule, o *config.Object, list []gatewayapi.HTTPBackendRef, at config.Place, atGateway bool) bool {
	for i, b := range list {
		weight := value(b.Weight, 1)
		if weight == 0 {
			continue
		}
		at := at.Item(i)
		to, ok := t.destination(o, b.BackendRef, at, atGateway)
		if !ok {
			return false
		}
		to.Weight = weight
		for j, f := range b.Filters {
			if f.Type != "RequestHeaderModifier" && f.Type != "ResponseHeaderModifier" {
				t.status.unsupportedFilter(f, at.Sub("filters").Item(j))
				return false
			}
			if to.Headers == nil {
				to.Headers = &networking.Headers{}
			}
			setHeaders(to.Headers, f)
		}
		rule.Destinations = append(rule.Destinations, to)
	}
	if len(rule.Destinations) == 0 && !rule.Redirect.IsSet() {
		if len(list) == 0 {
			at = rule.At
		}
		rule.DirectResponse = config.Setting[*networking.HTTPDirectResponse]{Value: &networking.HTTPDirectResponse{Status: t.withoutBackends(list)}, At: at}
	}
	return true
}

// withoutBackends is the status of a rule that forwards to nothing.
func (t *translator) withoutBackends(list []gatewayapi.HTTPBackendRef) uint32 {
	if len(list) == 0 && t.has(release.EmptyRouteNotFound) && !t.has(release.EmptyRouteFails) {
		return 404
	}
	return 500
}

// destination translates a backend. One that may not be used has no host. It is false where Istio leaves the whole route out.
func (t *translator) destination(o *config.Object, ref gatewayapi.BackendRef, at config.Place, atGateway bool) (to routing.Destination, ok bool) {
	kind, namespace := normal(ref.ObjectReference, "", "Service"), value(ref.Namespace, o.Namespace)
	to = routing.Destination{At: at, Port: value(ref.Port, 0)}
	if atGateway && !t.allowed(o, kind, namespace, ref.Name) {
		t.status.fail(Condition{Type: resolvedRefs, Reason: "RefNotPermitted", At: at,
			Message: "no ReferenceGrant in namespace " + namespace + " lets " + o.KindName() + "s of namespace " + o.Namespace + " use " + shortKind(kind) + " " + ref.Name})
		return routing.Destination{At: at}, true
	}
	if strings.Contains(ref.Name, ".") && kind == "Service" {
		return to, t.status.invalidDestination(at.Sub("name"), "the name of a Service has no dots: "+ref.Name+" is a host")
	}
	t.checkBackend(kind, namespace, ref, at)
	switch kind {
	case "Service", "multicluster.x-k8s.io/ServiceImport":
		to.Host = hostname.Kubernetes(ref.Name, namespace, t.registry.Settings.Domain)
	case "networking.istio.io/Hostname":
		if ref.Namespace != nil {
			return to, t.status.invalidDestination(at.Sub("namespace"), "a backend of kind Hostname has no namespace")
		}
		to.Host = ref.Name
	case gatewayapi.ExperimentalGroup + "/XBackend":
		return t.external(to, namespace, ref), true
	default:
		return routing.Destination{At: at}, true
	}
	if ref.Port == nil {
		return to, t.status.invalidDestination(at, "a backend needs a port")
	}
	return to, true
}

// invalidDestination records why Istio ignores a whole route for one of its backends. It is false, as the use of the route is.
func (s *status) invalidDestination(at config.Place, why string) bool {
	s.fail(Condition{Type: resolvedRefs, Reason: "InvalidDestination", At: at, Message: why + "; Istio ignores the whole route"})
	return false
}

// external is the destination of an XBackend.
func (t *translator) external(to routing.Destination, namespace string, ref gatewayapi.BackendRef) routing.Destination {
	o := t.object(gatewayapi.ExperimentalGroup+"/XBackend", namespace, ref.Name)
	if o == nil || !t.alpha() || !t.has(release.ExternalBackends) {
		return routing.Destination{At: to.At}
	}
	backend := config.Spec[*gatewayapi.XBackend](o)
	port := backend.Spec.Port.Port
	if backend.Host() == "" || ref.Port != nil && *ref.Port != port {
		return routing.Destination{At: to.At}
	}
	to.Host, to.Port = backend.Host(), port
	return to
}

// missing reports whether there is no Service of a destination.
func (t *translator) missing(to routing.Destination, ref gatewayapi.BackendRef) bool {
	return len(t.registry.ServicesOf(to.Host)) == 0
}

func setRetry(rule *routing.HTTPRule, in *gatewayapi.Retry, at config.Place) {
	if in == nil {
		return
	}
	on := []string{"connect-failure", "refused-stream", "unavailable", "cancelled"}
	for _, c := range in.Codes {
		on = append(on, strconv.Itoa(c))
	}
	out := &networking.HTTPRetry{Attempts: int32(value(in.Attempts, 2)), RetryOn: strings.Join(on, ",")}
	if out.Attempts == 0 {
		out.RetryOn = ""
	}
	if in.Backoff != nil {
		out.Backoff = durationpb.New(duration(in.Backoff))
	}
	rule.Retries = config.Setting[*networking.HTTPRetry]{Value: out, At: at.Sub("retry")}
}

// setTimeouts sets the time limits of a rule: that of a try replaces that of the request unless there are retries.
func setTimeouts(rule *routing.HTTPRule, in *gatewayapi.Timeouts, at config.Place) {
	if in == nil {
		return
	}
	at = at.Sub("timeouts")
	if d := duration(in.Request); d != 0 {
		rule.Timeout = config.Setting[*durationpb.Duration]{Value: durationpb.New(d), At: at.Sub("request")}
	}
	if d := duration(in.BackendRequest); d != 0 && rule.Retries.IsSet() {
		rule.Retries.Value.PerTryTimeout = durationpb.New(d)
	} else if d != 0 {
		rule.Timeout = config.Setting[*durationpb.Duration]{Value: durationpb.New(d), At: at.Sub("backendRequest")}
	}
}

func duration(text *string) time.Duration {
	d, _ := time.ParseDuration(value(text, ""))
	return d
}

// backendKinds are the kinds of objects that may be backends.
var backendKinds = []string{"Service", "multicluster.x-k8s.io/ServiceImport", gatewayapi.ExperimentalGroup + "/XBackend"}

// checkBackend records whether a backend exists, with its port.
func (t *translator) checkBackend(kind, namespace string, ref gatewayapi.BackendRef, at config.Place) {
	o := t.object(kind, namespace, ref.Name)
	name := shortKind(kind) + " " + namespace + "/" + ref.Name
	switch {
	case kind == "inference.networking.k8s.io/InferencePool": // istiod may be set to read pools
	case kind == "networking.istio.io/Hostname":
		if ref.Namespace == nil && len(t.registry.ServicesOf(ref.Name)) == 0 {
			t.status.fail(Condition{Type: resolvedRefs, Reason: "BackendNotFound", At: at.Sub("name"), Missing: Missing{Kind: "ServiceEntry", Namespace: at.Object.Namespace, Name: ref.Name},
				Message: "no Service or ServiceEntry has host " + ref.Name})
		}
	case !slices.Contains(backendKinds, kind):
		t.status.fail(Condition{Type: resolvedRefs, Reason: "InvalidKind", At: at, Message: "a " + shortKind(kind) + " cannot be a backend"})
	case o == nil:
		t.status.fail(Condition{
			Type: resolvedRefs, Reason: "BackendNotFound", At: at.Sub("name"), Missing: Missing{kind, namespace, ref.Name}, Message: name + " does not exist",
		})
	case kind == "Service" && ref.Port != nil && !hasPort(config.Spec[*config.Service](o), *ref.Port):
		t.status.fail(Condition{
			Type: resolvedRefs, Reason: "BackendNotFound", At: at.Sub("port"), Other: config.At(o, "spec.ports"),
			Message: name + " has no port " + strconv.Itoa(int(*ref.Port)),
		})
	}
}

func hasPort(s *config.Service, port uint32) bool {
	return slices.ContainsFunc(s.Spec.Ports, func(p config.ServicePort) bool { return p.Port == port })
}
