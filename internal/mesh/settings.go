package mesh

import (
	"cmp"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// Settings are those of the mesh as a whole.
type Settings struct {
	Config   *meshconfig.MeshConfig   // defaults filled in
	Networks *meshconfig.MeshNetworks // nil where none are configured
	Object   *config.Object           // where they are written, or nil
	Domain   string                   // of the cluster; "cluster.local"
	Cluster  string                   // the cluster's own name; "Kubernetes"

	base string          // path of the MeshConfig in Object
	text bool            // the MeshConfig is one string of Object
	set  map[string]bool // the fields of MeshConfig that are written
}

// complete fills in what the settings leave open.
func (s Settings) complete() Settings {
	s.Domain = cmp.Or(s.Domain, "cluster.local")
	s.Cluster = cmp.Or(s.Cluster, "Kubernetes")
	if s.Config == nil {
		s.Config = DefaultConfig()
	}
	return s
}

// Written returns where a field of MeshConfig stands, or zero for a default.
func (s Settings) Written(field string) Written {
	switch {
	case s.Object == nil || !s.set[field]:
		return Written{}
	case s.text:
		return Written{s.Object, s.base}
	case s.base == "":
		return Written{s.Object, field}
	}
	return Written{s.Object, source.Join(s.base, field)}
}

// DefaultConfig returns the MeshConfig of a mesh that configures nothing.
func DefaultConfig() *meshconfig.MeshConfig {
	return &meshconfig.MeshConfig{
		TrustDomain:                    "cluster.local",
		RootNamespace:                  "istio-system",
		IngressService:                 "istio-ingressgateway",
		IngressClass:                   "istio",
		IngressControllerMode:          meshconfig.MeshConfig_STRICT,
		ProxyListenPort:                15001,
		ProxyInboundListenPort:         15006,
		EnableTracing:                  true,
		EnableAutoMtls:                 wrapperspb.Bool(true),
		EnablePrometheusMerge:          wrapperspb.Bool(true),
		ConnectTimeout:                 durationpb.New(10 * time.Second),
		ProtocolDetectionTimeout:       durationpb.New(0),
		DnsRefreshRate:                 durationpb.New(60 * time.Second),
		DefaultServiceExportTo:         []string{everywhere},
		DefaultVirtualServiceExportTo:  []string{everywhere},
		DefaultDestinationRuleExportTo: []string{everywhere},
		DefaultConfig:                  &meshconfig.ProxyConfig{},
		LocalityLbSetting:              &networking.LocalityLoadBalancerSetting{Enabled: wrapperspb.Bool(true)},
		OutboundTrafficPolicy: &meshconfig.MeshConfig_OutboundTrafficPolicy{
			Mode: meshconfig.MeshConfig_OutboundTrafficPolicy_ALLOW_ANY},
		InboundTrafficPolicy: &meshconfig.MeshConfig_InboundTrafficPolicy{
			Mode: meshconfig.MeshConfig_InboundTrafficPolicy_PASSTHROUGH},
	}
}
