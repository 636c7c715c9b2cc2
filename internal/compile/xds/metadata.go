package xds

import (
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/types/known/structpb"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// IstioMetadata names the Istio object that a resource was made from, as istiod writes it into the resource.
func IstioMetadata(o *config.Object) *corev3.Metadata {
	return istioMetadata(selfLink(o.Kind, o.Namespace, o.Name))
}

// RulesMetadata names the VirtualService that a route was made from, be it one that istiod made.
func RulesMetadata(r *mesh.VirtualService) *corev3.Metadata {
	namespace, name := r.VirtualService()
	return istioMetadata(selfLink("VirtualService", namespace, name))
}

// RuleMetadata names the DestinationRule that a cluster was made with, be it one that istiod made.
func RuleMetadata(r *mesh.DestinationRule) *corev3.Metadata {
	return istioMetadata(selfLink("DestinationRule", r.Namespace(), r.Name))
}

func istioMetadata(link string) *corev3.Metadata {
	return &corev3.Metadata{FilterMetadata: map[string]*structpb.Struct{
		"istio": {Fields: map[string]*structpb.Value{"config": structpb.NewStringValue(link)}},
	}}
}

// selfLink is the path of an object in the Kubernetes API; istiod always says v1.
func selfLink(kind, namespace, name string) string {
	return "/apis/networking.istio.io/v1/namespaces/" + namespace + "/" + kebab(kind) + "/" + name
}

// kebab turns "VirtualService" into "virtual-service".
func kebab(kind string) string {
	var b strings.Builder
	for i, r := range kind {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
