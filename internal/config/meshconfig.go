package config

import (
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// DefaultMeshConfig returns the settings that istiod has where nobody set any.
func DefaultMeshConfig() *meshconfig.MeshConfig {
	return &meshconfig.MeshConfig{
		ProxyListenPort:                15001,
		ProxyInboundListenPort:         15006,
		RootNamespace:                  "istio-system",
		TrustDomain:                    "cluster.local",
		IngressClass:                   "istio",
		IngressService:                 "istio-ingressgateway",
		IngressControllerMode:          meshconfig.MeshConfig_STRICT,
		EnableTracing:                  true,
		EnablePrometheusMerge:          wrapperspb.Bool(true),
		EnableAutoMtls:                 wrapperspb.Bool(true),
		ConnectTimeout:                 durationpb.New(10 * time.Second),
		ProtocolDetectionTimeout:       durationpb.New(0),
		DnsRefreshRate:                 durationpb.New(time.Minute),
		DefaultServiceExportTo:         []string{"*"},
		DefaultVirtualServiceExportTo:  []string{"*"},
		DefaultDestinationRuleExportTo: []string{"*"},
		OutboundTrafficPolicy:          &meshconfig.MeshConfig_OutboundTrafficPolicy{Mode: meshconfig.MeshConfig_OutboundTrafficPolicy_ALLOW_ANY},
		InboundTrafficPolicy:           &meshconfig.MeshConfig_InboundTrafficPolicy{Mode: meshconfig.MeshConfig_InboundTrafficPolicy_PASSTHROUGH},
		LocalityLbSetting:              &networking.LocalityLoadBalancerSetting{Enabled: wrapperspb.Bool(true)},
		DefaultConfig:                  defaultProxyConfig(),
		DefaultProviders:               &meshconfig.MeshConfig_DefaultProviders{},
		ExtensionProviders:             defaultProviders(),
	}
}

func defaultProxyConfig() *meshconfig.ProxyConfig {
	return &meshconfig.ProxyConfig{
		ConfigPath:               "./etc/istio/proxy",
		BinaryPath:               "/usr/local/bin/envoy",
		ClusterName:              &meshconfig.ProxyConfig_ServiceCluster{ServiceCluster: "istio-proxy"},
		DiscoveryAddress:         "istiod.istio-system.svc:15012",
		ControlPlaneAuthPolicy:   meshconfig.AuthenticationPolicy_MUTUAL_TLS,
		DrainDuration:            durationpb.New(45 * time.Second),
		TerminationDrainDuration: durationpb.New(5 * time.Second),
		ProxyAdminPort:           15000,
		StatusPort:               15020,
		StatNameLength:           189,
	}
}

func defaultProviders() []*meshconfig.MeshConfig_ExtensionProvider {
	return []*meshconfig.MeshConfig_ExtensionProvider{
		{Name: "prometheus", Provider: &meshconfig.MeshConfig_ExtensionProvider_Prometheus{
			Prometheus: &meshconfig.MeshConfig_ExtensionProvider_PrometheusMetricsProvider{},
		}},
		{Name: "stackdriver", Provider: &meshconfig.MeshConfig_ExtensionProvider_Stackdriver{
			Stackdriver: &meshconfig.MeshConfig_ExtensionProvider_StackdriverProvider{},
		}},
		{Name: "envoy", Provider: &meshconfig.MeshConfig_ExtensionProvider_EnvoyFileAccessLog{
			EnvoyFileAccessLog: &meshconfig.MeshConfig_ExtensionProvider_EnvoyFileAccessLogProvider{Path: "/dev/stdout"},
		}},
	}
}

// ReadMeshConfig reads the settings of the mesh from a document: a MeshConfig, an IstioOperator, the values of the istiod
// chart, or the ConfigMap "istio". The object's Spec is the *meshconfig.MeshConfig with istiod's defaults filled in; its
// Doc is the part of the document that holds the settings, so that paths are those of a MeshConfig whatever holds it.
func ReadMeshConfig(doc *source.Document) (*Object, diag.List) {
	inner, found := settings(doc)
	o := &Object{Doc: inner, Kind: "MeshConfig", Meta: meta(doc, "")}
	config, faults, unknown := applyMeshConfig(inner.Root)
	o.Spec = config
	found = append(found, misfits(inner, faults)...)
	for _, f := range unknown {
		found = append(found, diag.Diagnostic{
			Check: diag.UnknownSetting, At: source.Place{Doc: inner, Field: f.field, Key: true}, Message: "MeshConfig has no field " + f.field,
		})
	}
	return o, found
}

// HoldsMeshConfig reports whether a document is one that [ReadMeshConfig] recognises among others: an IstioOperator with
// mesh settings, or istiod's ConfigMap.
func HoldsMeshConfig(doc *source.Document) bool {
	switch doc.Kind {
	case "IstioOperator":
		return doc.Lookup("spec.meshConfig") != nil
	case "ConfigMap":
		return doc.Name == "istio" && doc.Lookup("data.mesh") != nil
	}
	return false
}

// settings returns the part of a document that holds the settings of the mesh.
func settings(doc *source.Document) (*source.Document, diag.List) {
	field := ""
	switch {
	case doc.Kind == "ConfigMap":
		inner, problems := doc.Embedded("data.mesh")
		return inner, diag.Problems(problems)
	case doc.Kind == "IstioOperator":
		field = "spec.meshConfig"
	case doc.Kind == "" && doc.Tree().Get("meshConfig") != nil:
		field = "meshConfig"
	}
	return doc.Part(field), nil
}

// applyMeshConfig lays what is written over the defaults. A setting replaces its default as a whole; those of proxies and
// default providers are merged field by field, extension providers by name.
func applyMeshConfig(root *source.Node) (*meshconfig.MeshConfig, []fault, []fault) {
	config := DefaultMeshConfig()
	proxy, providers, extensions := config.DefaultConfig, config.DefaultProviders, config.ExtensionProviders
	config.DefaultConfig, config.DefaultProviders, config.ExtensionProviders = nil, nil, nil
	r := &reader{}
	r.message(config.ProtoReflect(), root)
	config.DefaultConfig = proxy
	mergeProxyConfig(proxy, root.Get("defaultConfig"))
	config.DefaultProviders = providers
	(&reader{}).message(providers.ProtoReflect(), root.Get("defaultProviders"))
	config.ExtensionProviders = mergeProviders(extensions, config.ExtensionProviders)
	slices.Sort(config.TrustDomainAliases)
	config.TrustDomainAliases = slices.Compact(config.TrustDomainAliases)
	return config, r.faults, r.unknown
}

func mergeProviders(base, over []*meshconfig.MeshConfig_ExtensionProvider) []*meshconfig.MeshConfig_ExtensionProvider {
	for _, p := range over {
		i := slices.IndexFunc(base, func(e *meshconfig.MeshConfig_ExtensionProvider) bool { return e.Name == p.Name })
		if i < 0 {
			base = append(base, p)
			continue
		}
		base[i].Provider = p.Provider
	}
	return base
}

// mergeProxyConfig lays the settings of proxies over those that stand; metadata and header settings are merged.
func mergeProxyConfig(config *meshconfig.ProxyConfig, n *source.Node) {
	metadata, headers := config.ProxyMetadata, config.ProxyHeaders
	(&reader{}).message(config.ProtoReflect(), n)
	if metadata != nil {
		merged := maps.Clone(metadata)
		maps.Copy(merged, config.ProxyMetadata)
		config.ProxyMetadata = merged
	}
	if headers != nil && config.ProxyHeaders != headers {
		merged := proto.Clone(headers).(*meshconfig.ProxyConfig_ProxyHeaders)
		proto.Merge(merged, config.ProxyHeaders)
		config.ProxyHeaders = merged
	}
}
