package cluster

import (
	"sync"

	typedv1 "github.com/cncf/xds/go/udpa/type/v1"
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/types/known/structpb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// metadata names what a cluster was made from, in the form that Istio's telemetry and its ALPN filter read.
func (c *Builder) metadata(d *destination) *corev3.Metadata {
	md := &corev3.Metadata{FilterMetadata: map[string]*structpb.Struct{"istio": {Fields: map[string]*structpb.Value{}}}}
	if d.rule != nil {
		md = xds.RuleMetadata(d.rule)
	}
	fields := md.FilterMetadata["istio"].Fields
	if !d.dynamic() || d.sni {
		fields["services"] = c.tags.Get(d.service, func() *structpb.Value { return serviceTag(d.service) })
	}
	switch {
	case d.subset != "":
		fields["subset"] = structpb.NewStringValue(d.subset)
	case d.service.External && !d.sni:
		fields["external"] = structpb.NewBoolValue(true)
	}
	switch d.policy.TLS.Value.GetMode() {
	case networking.ClientTLSSettings_SIMPLE, networking.ClientTLSSettings_MUTUAL:
		if d.rule != nil {
			fields["alpn_override"] = structpb.NewStringValue("false")
		}
	}
	return md
}

// serviceTag names a service for telemetry.
func serviceTag(s *mesh.Service) *structpb.Value {
	return structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{structpb.NewStructValue(&structpb.Struct{
		Fields: map[string]*structpb.Value{
			"host":      structpb.NewStringValue(s.Host),
			"name":      structpb.NewStringValue(shortName(s)),
			"namespace": structpb.NewStringValue(s.Namespace),
		},
	})}})
}

// exchangePeers makes the two sidecars of a TCP connection tell each other who they are. The filter is Istio's own.
func (t *Mutable) exchangePeers() { t.Filters = append(t.Filters, peerExchange()) }

var peerExchange = sync.OnceValue(func() *clusterv3.Filter {
	return &clusterv3.Filter{Name: "istio.metadata_exchange", TypedConfig: xds.Any(&typedv1.TypedStruct{
		TypeUrl: "type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange",
		Value: &structpb.Struct{Fields: map[string]*structpb.Value{
			"protocol":         structpb.NewStringValue("istio-peer-exchange"),
			"enable_discovery": structpb.NewBoolValue(true),
		}},
	})}
})

// shortName is what telemetry calls a service: the name of a Kubernetes Service, else the host.
func shortName(s *mesh.Service) string {
	if s.Kubernetes() {
		return s.Name
	}
	return s.Host
}

// workloadTag names an endpoint's workload for telemetry: name, namespace, canonical name and revision, cluster.
func workloadTag(view *mesh.View, e *mesh.Endpoint) string {
	name := firstLabel(e, e.Workload, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app")
	revision := firstLabel(e, "latest", "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version")
	if revision == "latest" {
		revision = ""
	}
	return e.Workload + ";" + e.Namespace + ";" + name + ";" + revision + ";" + view.Mesh.Settings.Cluster
}

func firstLabel(e *mesh.Endpoint, otherwise string, keys ...string) string {
	for _, k := range keys {
		if v, ok := e.Labels[k]; ok {
			return v
		}
	}
	return otherwise
}
