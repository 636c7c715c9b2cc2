package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest"
)

// TestRefusals has Envoy refuse, in its own words, what sem says that it refuses.
func TestRefusals(t *testing.T) {
	path := envoytest.Required(t)
	words := map[string]string{
		"testdata/overlapping_chains.txtar": "has the same matching rules defined as",
		"testdata/partial_wildcard.txtar":   "partial wildcards are not supported",
		"testdata/client_names.txtar":       "SAN-based verification of peer certificates without trusted CA",
		"testdata/rival_listeners.txtar":    "has duplicate address",
		"testdata/refused_cluster.txtar":    "must have auto_sni and auto_san_validation",
	}
	for archive, want := range words {
		w, err := options{}.worldOf(archive)
		if err != nil {
			t.Fatal(err)
		}
		compiler, err := w.Compile(w.proxies[0])
		if err != nil {
			t.Fatal(err)
		}
		refused := 0
		var added []*listenerv3.Listener
		taken := envoy.Sockets{}
		for _, l := range compiler.Snapshot().Listeners {
			switch alone := []*listenerv3.Listener{bare(t, l)}; {
			case envoy.ListenerRefusal(l) != "":
				refused++
				refuses(t, path, want, &bootstrapv3.Bootstrap_StaticResources{Listeners: alone})
			case taken.Add(l) != "":
				refused++
				refuses(t, path, want, &bootstrapv3.Bootstrap_StaticResources{Listeners: slices.Concat(added, alone)})
			default:
				added = append(added, alone...)
			}
		}
		for _, c := range compiler.Snapshot().Clusters {
			if envoy.ClusterRefusal(c) != "" {
				refused++
				c = proto.Clone(c).(*clusterv3.Cluster)
				c.Filters = nil // Istio's own
				refuses(t, path, want, &bootstrapv3.Bootstrap_StaticResources{Clusters: []*clusterv3.Cluster{c}})
			}
		}
		if refused == 0 {
			t.Errorf("%s: nothing is refused", archive)
		}
	}
}

// bare is a listener of which only the matches and the verification of clients are left: the filters may be Istio's own, which
// a stock Envoy does not know, and certificates come from istiod.
func bare(t *testing.T, l *listenerv3.Listener) *listenerv3.Listener {
	t.Helper()
	proxy, err := anypb.New(&tcpv3.TcpProxy{StatPrefix: "x", ClusterSpecifier: &tcpv3.TcpProxy_Cluster{Cluster: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	l = proto.Clone(l).(*listenerv3.Listener)
	for _, c := range l.GetFilterChains() {
		c.TransportSocket = onlyVerifying(t, c.GetTransportSocket())
		c.Filters = []*listenerv3.Filter{{Name: "envoy.filters.network.tcp_proxy", ConfigType: &listenerv3.Filter_TypedConfig{TypedConfig: proxy}}}
	}
	return l
}

func onlyVerifying(t *testing.T, socket *corev3.TransportSocket) *corev3.TransportSocket {
	t.Helper()
	tls := &tlsv3.DownstreamTlsContext{}
	if err := socket.GetTypedConfig().UnmarshalTo(tls); err != nil || tls.GetCommonTlsContext().GetValidationContext() == nil {
		return nil
	}
	tls.CommonTlsContext = &tlsv3.CommonTlsContext{ValidationContextType: tls.CommonTlsContext.ValidationContextType}
	config, err := anypb.New(tls)
	if err != nil {
		t.Fatal(err)
	}
	return &corev3.TransportSocket{Name: socket.GetName(), ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: config}}
}

func refuses(t *testing.T, path, want string, resources *bootstrapv3.Bootstrap_StaticResources) {
	t.Helper()
	text, err := protojson.Marshal(&bootstrapv3.Bootstrap{StaticResources: resources})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "bootstrap.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := envoytest.Validate(t.Context(), path, file); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Envoy says %v, want %q", err, want)
	}
}
