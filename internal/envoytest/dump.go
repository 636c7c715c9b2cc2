package envoytest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	caresv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/network/dns_resolver/cares/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/envoy"
	"sem.example/internal/realenvoy"
	"sem.example/internal/realenvoy/process"
	"sem.example/internal/realenvoy/rootless"
	"sem.example/render"
)

// Dump runs a proxy's resources in Envoy and returns what its admin interface says of them (/config_dump?include_eds).
//
// Envoy is given them as from a control plane, piece by piece, but out of files. They are those of a bootstrap for a stock
// Envoy (see [render.Static]): but for the proxy's own, certificates are files, and Istio's own filters are left out.
// Nothing is bound or resolved.
func Dump(ctx context.Context, s *envoy.Snapshot, o realenvoy.Options) ([]byte, error) {
	options := render.BootstrapOptions{Certs: filepath.Join(o.Dir, "certs"), SelfSigned: true, Identity: o.Identity}
	b, _ := render.Static(s, options)
	if err := render.SelfSigned(b, options); err != nil {
		return nil, err
	}
	d := delivery{dir: o.Dir, certs: options.Certs, routes: map[string]bool{}, endpoints: map[string]bool{}}
	for _, r := range s.Routes {
		d.routes[r.GetName()] = true
	}
	for _, e := range s.Endpoints {
		d.endpoints[e.GetClusterName()] = true
	}
	d.bootstrap(b)
	if d.err != nil {
		return nil, d.err
	}
	p, err := process.Start(ctx, o.Dir, o.Envoy)
	if err != nil {
		return nil, err
	}
	defer p.Stop()
	return p.Get(ctx, "/config_dump?include_eds")
}

// A delivery writes resources into files, each as the answer of a control plane.
type delivery struct {
	dir       string
	certs     string          // the folder of certificates
	routes    map[string]bool // the tables that are delivered by themselves
	endpoints map[string]bool // the clusters whose endpoints are
	files     int
	err       error
}

// bootstrap moves what a bootstrap holds into files.
func (d *delivery) bootstrap(b *bootstrapv3.Bootstrap) {
	var listeners, clusters []proto.Message
	for _, l := range b.GetStaticResources().GetListeners() {
		d.listener(l)
		listeners = append(listeners, l)
	}
	for _, c := range b.GetStaticResources().GetClusters() {
		d.cluster(c)
		clusters = append(clusters, c)
	}
	b.StaticResources = nil
	b.Admin.Address = rootless.Loopback(0)
	b.DynamicResources = &bootstrapv3.Bootstrap_DynamicResources{LdsConfig: d.deliver(listeners...), CdsConfig: d.deliver(clusters...)}
	text, err := protojson.Marshal(b)
	d.keep(process.BootstrapFile, text, err)
}

func (d *delivery) listener(l *listenerv3.Listener) {
	l.BindToPort = wrapperspb.Bool(false)
	envoy.Edit(l, func(part proto.Message) {
		h, ok := part.(*hcmv3.HttpConnectionManager)
		if table := h.GetRouteConfig(); ok && d.routes[table.GetName()] {
			h.RouteSpecifier = &hcmv3.HttpConnectionManager_Rds{Rds: &hcmv3.Rds{
				RouteConfigName: table.GetName(), ConfigSource: d.deliver(table),
			}}
		}
		d.secrets(part)
	})
}

// secrets has a TLS context ask for the certificates of the mesh by their names.
func (d *delivery) secrets(part proto.Message) {
	tls, ok := part.(*tlsv3.CommonTlsContext)
	if !ok {
		return
	}
	for i, c := range tls.GetTlsCertificates() {
		if c.GetCertificateChain().GetFilename() == filepath.Join(d.certs, "default.crt") {
			tls.TlsCertificates = slices.Delete(tls.TlsCertificates, i, i+1)
			tls.TlsCertificateSdsSecretConfigs = append(tls.TlsCertificateSdsSecretConfigs, d.secret(&tlsv3.Secret{
				Name: "default", Type: &tlsv3.Secret_TlsCertificate{TlsCertificate: c},
			}))
			break
		}
	}
	v := tls.GetValidationContext()
	if v.GetTrustedCa().GetFilename() != filepath.Join(d.certs, "ROOTCA.crt") {
		return
	}
	roots := d.secret(&tlsv3.Secret{Name: "ROOTCA", Type: &tlsv3.Secret_ValidationContext{
		ValidationContext: &tlsv3.CertificateValidationContext{TrustedCa: v.TrustedCa},
	}})
	v.TrustedCa = nil
	tls.ValidationContextType = &tlsv3.CommonTlsContext_CombinedValidationContext{
		CombinedValidationContext: &tlsv3.CommonTlsContext_CombinedCertificateValidationContext{
			DefaultValidationContext: v, ValidationContextSdsSecretConfig: roots,
		},
	}
}

func (d *delivery) secret(s *tlsv3.Secret) *tlsv3.SdsSecretConfig {
	return &tlsv3.SdsSecretConfig{Name: s.GetName(), SdsConfig: d.deliver(s)}
}

func (d *delivery) cluster(c *clusterv3.Cluster) {
	envoy.Edit(c, func(part proto.Message) {
		if r, ok := part.(*caresv3.CaresDnsResolverConfig); ok {
			r.Resolvers = []*corev3.Address{rootless.Loopback(9)} // where nobody answers
		}
		d.secrets(part)
	})
	if !d.endpoints[c.GetName()] || c.GetType() != clusterv3.Cluster_STATIC {
		return
	}
	c.ClusterDiscoveryType = &clusterv3.Cluster_Type{Type: clusterv3.Cluster_EDS}
	c.EdsClusterConfig = &clusterv3.Cluster_EdsClusterConfig{EdsConfig: d.deliver(c.GetLoadAssignment())}
	c.LoadAssignment = nil
}

// deliver writes an answer that holds resources of one kind, and says where it is.
func (d *delivery) deliver(resources ...proto.Message) *corev3.ConfigSource {
	d.files++
	name := fmt.Sprintf("delivered-%d.json", d.files)
	text, err := answerOf(resources)
	d.keep(name, text, err)
	return &corev3.ConfigSource{
		ResourceApiVersion: corev3.ApiVersion_V3,
		ConfigSourceSpecifier: &corev3.ConfigSource_PathConfigSource{PathConfigSource: &corev3.PathConfigSource{
			Path: filepath.Join(d.dir, name),
		}},
	}
}

// answerOf is a DiscoveryResponse in JSON; the message itself would bring all of gRPC along.
func answerOf(resources []proto.Message) ([]byte, error) {
	packed := []json.RawMessage{}
	for _, r := range resources {
		text, err := protojson.Marshal(rootless.Pack(r))
		if err != nil {
			return nil, err
		}
		packed = append(packed, text)
	}
	return json.Marshal(map[string]any{"version_info": "1", "resources": packed})
}

// keep writes a file and remembers the first error.
func (d *delivery) keep(name string, text []byte, err error) {
	if err == nil {
		err = os.WriteFile(filepath.Join(d.dir, name), text, 0o600)
	}
	if d.err == nil {
		d.err = err
	}
}
