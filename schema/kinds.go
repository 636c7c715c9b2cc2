package schema

import (
	"slices"
	"strings"

	"sem.example/internal/source"
)

// kindList are the kinds that the schema defines, each by the name of its definition.
var kindList = []string{
	"AuthorizationPolicy", "BackendTLSPolicy", "DestinationRule", "GRPCRoute", "Gateway", "GatewayClass", "HTTPRoute", kubernetesGateway, "ListenerSet",
	"PeerAuthentication", "ReferenceGrant", "RequestAuthentication", "ServiceEntry", "Sidecar", "TCPRoute", "TLSRoute", "VirtualService",
	"WorkloadEntry", "WorkloadGroup", "XBackend", "XBackendTrafficPolicy",
}

// kubernetesGateway is the definition of the Gateway of the Gateway API, whose kind Istio has, too.
const kubernetesGateway = "KubernetesGateway"

// Kinds returns the kinds that the schema defines, sorted.
func Kinds() []string { return slices.Clone(kindList) }

// Definition returns the name of the definition of a document, which is that of its kind except where two API groups have the
// kind. It is "" where the schema does not define it.
func Definition(doc *source.Document) string { return DefinitionOf(doc.APIVersion, doc.Kind) }

// DefinitionOf is Definition for an apiVersion and a kind.
func DefinitionOf(apiVersion, kind string) string {
	group, _, _ := strings.Cut(apiVersion, "/")
	name := kind
	if name == "Gateway" && group == gatewayAPI {
		name = kubernetesGateway
	}
	if !slices.Contains(kindList, name) || name == kubernetesGateway && group != gatewayAPI {
		return ""
	}
	if of := groupOf(name); group != of && !(strings.HasSuffix(group, istioGroups) && strings.HasSuffix(of, istioGroups)) {
		return ""
	}
	return name
}

// istioGroups is how the API groups of Istio end, which mistakes confuse.
const istioGroups = ".istio.io"

// gatewayAPI is the API group of the Gateway API.
const gatewayAPI = "gateway.networking.k8s.io"

// groupOf returns the API group of a definition.
func groupOf(name string) string {
	group, _, _ := strings.Cut(Version(name), "/")
	return group
}

// kindNamed returns the kind that the documents of a definition have.
func kindNamed(name string) string {
	if name == kubernetesGateway {
		return "Gateway"
	}
	return name
}

// Accepts reports whether a document is right beyond doubt. Documents of kinds that the schema does not define are.
// No is no answer: [Check] says what is wrong, if anything is.
func Accepts(doc *source.Document) bool {
	name := Definition(doc)
	if name == "" {
		return true
	}
	t := define("#" + name).compiled()
	return t.accepts(stored(t, doc.Tree()))
}
