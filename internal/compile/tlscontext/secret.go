package tlscontext

import (
	"strings"
	"sync"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	"sem.example/internal/compile/xds"
)

// The secrets of the workload itself, and what the name of a credential's root certificate ends in.
const (
	OwnCertificate = "default"
	MeshRoots      = "ROOTCA"
	CACertSuffix   = "-cacert"
)

// WorkloadSecret is a secret of the workload's own, which the agent beside the proxy hands out.
func WorkloadSecret(name string) *tlsv3.SdsSecretConfig {
	if name == OwnCertificate {
		return ownSecret()
	}
	return rootsSecret()
}

// Many resources hold these, so they are made once.
var (
	ownSecret   = sync.OnceValue(func() *tlsv3.SdsSecretConfig { return fetchedFirst(agentSecret(OwnCertificate)) })
	rootsSecret = sync.OnceValue(func() *tlsv3.SdsSecretConfig { return fetchedFirst(agentSecret(MeshRoots)) })
	systemRoots = sync.OnceValue(func() *tlsv3.SdsSecretConfig { return agentSecret("file-root:system") })
)

// fetchedFirst makes the proxy wait for a secret for as long as it takes.
func fetchedFirst(s *tlsv3.SdsSecretConfig) *tlsv3.SdsSecretConfig {
	s.SdsConfig.InitialFetchTimeout = durationpb.New(0)
	return s
}

// FileSecret is a certificate and its key in files that the agent reads.
func FileSecret(certificate, key string) *tlsv3.SdsSecretConfig {
	return agentSecret("file-cert:" + certificate + "~" + key)
}

// RootFileSecret is a file of root certificates; "system" are those of the operating system.
func RootFileSecret(path string) *tlsv3.SdsSecretConfig {
	if path == "system" {
		return systemRoots()
	}
	return agentSecret("file-root:" + path)
}

func agentSecret(name string) *tlsv3.SdsSecretConfig {
	api := &corev3.ApiConfigSource{
		ApiType:                   corev3.ApiConfigSource_GRPC,
		TransportApiVersion:       corev3.ApiVersion_V3,
		SetNodeOnFirstMessageOnly: true,
		GrpcServices: []*corev3.GrpcService{{TargetSpecifier: &corev3.GrpcService_EnvoyGrpc_{
			EnvoyGrpc: &corev3.GrpcService_EnvoyGrpc{ClusterName: "sds-grpc"},
		}}},
	}
	return &tlsv3.SdsSecretConfig{Name: name, SdsConfig: &corev3.ConfigSource{
		ConfigSourceSpecifier: &corev3.ConfigSource_ApiConfigSource{ApiConfigSource: api},
		ResourceApiVersion:    corev3.ApiVersion_V3,
	}}
}

// CredentialSecret is what a credentialName of a DestinationRule or a Gateway stands for, served by the control plane:
// a Secret of the proxy's namespace unless the name says more.
func CredentialSecret(name string) *tlsv3.SdsSecretConfig {
	switch name {
	case "builtin://":
		return WorkloadSecret(OwnCertificate)
	case "builtin://" + CACertSuffix:
		return WorkloadSecret(MeshRoots)
	}
	return &tlsv3.SdsSecretConfig{Name: secretName(strings.TrimPrefix(name, "sds://")), SdsConfig: &corev3.ConfigSource{
		ConfigSourceSpecifier: &corev3.ConfigSource_Ads{Ads: &corev3.AggregatedConfigSource{}},
		ResourceApiVersion:    corev3.ApiVersion_V3,
	}}
}

func secretName(name string) string {
	for _, known := range []string{"configmap://", "kubernetes://", "kubernetes-gateway://"} {
		if strings.HasPrefix(name, known) {
			return name
		}
	}
	switch {
	case strings.HasPrefix(name, "builtin://"):
		return OwnCertificate
	case strings.HasPrefix(name, "invalid://"):
		return "invalid://"
	}
	return "kubernetes://" + name
}

// Validation checks a peer's certificate against roots, a revocation list ("" for none) and names, any of which will do.
func Validation(names []string, crl string, roots *tlsv3.SdsSecretConfig) *tlsv3.CommonTlsContext_CombinedValidationContext {
	context := &tlsv3.CertificateValidationContext{MatchSubjectAltNames: oneOf(names)} // what istiod sends
	if crl != "" {
		context.Crl = &corev3.DataSource{Specifier: &corev3.DataSource_Filename{Filename: crl}}
	}
	return &tlsv3.CommonTlsContext_CombinedValidationContext{
		CombinedValidationContext: &tlsv3.CommonTlsContext_CombinedCertificateValidationContext{
			DefaultValidationContext:         context,
			ValidationContextSdsSecretConfig: roots,
		},
	}
}

// oneOf matches each of the strings as a whole.
func oneOf(all []string) []*matcherv3.StringMatcher {
	var out []*matcherv3.StringMatcher
	for _, s := range all {
		out = append(out, xds.Exact(s, false))
	}
	return out
}
