package render_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"github.com/google/go-cmp/cmp"

	"sem.example/render"
)

func TestBootstrap(t *testing.T) {
	var out bytes.Buffer
	leftOut, err := render.Bootstrap(&out, sidecar(t), render.BootstrapOptions{NodeID: "sidecar~10.0.0.7~web.shop~shop.svc.cluster.local"})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "bootstrap.json", out.Bytes())
	want := []string{
		"HTTP filter istio.alpn: Istio's own, a stock Envoy does not have it",
		"upstream network filter istio.metadata_exchange: Istio's own, a stock Envoy does not have it",
	}
	if diff := cmp.Diff(want, leftOut); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
}

func TestSelfSigned(t *testing.T) {
	s := sidecar(t)
	t.Chdir(t.TempDir())
	options := render.BootstrapOptions{SelfSigned: true, Identity: "spiffe://cluster.local/ns/shop/sa/web"}
	var first, second bytes.Buffer
	if _, err := render.Bootstrap(&first, s, options); err != nil {
		t.Fatal(err)
	}
	files := tree(t, "certs")
	want := []string{
		"certs/ROOTCA.crt", "certs/ca.crt", "certs/ca.key", "certs/default.crt", "certs/default.key",
		"certs/etc/absent/ca.pem", "certs/etc/absent/tls.crt", "certs/etc/absent/tls.key",
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	before, err := os.ReadFile("certs/default.crt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := render.Bootstrap(&second, s, options); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile("certs/default.crt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("the second run wrote certificates that were there already")
	}
	if diff := cmp.Diff(first.String(), second.String()); diff != "" {
		t.Errorf("the second bootstrap differs (-first +second):\n%s", diff)
	}
}

func tree(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A cluster whose endpoints have host names can only be found by DNS.
func TestStaticEndpointsWithHostNames(t *testing.T) {
	s := sidecar(t)
	address := s.Endpoints[0].GetEndpoints()[0].GetLbEndpoints()[0].GetEndpoint().GetAddress()
	address.Address = &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{
		Address: "node-7.example.com", PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: 9080},
	}}
	b, _ := render.Static(s, render.BootstrapOptions{})
	got := map[string]clusterv3.Cluster_DiscoveryType{}
	for _, c := range b.GetStaticResources().GetClusters() {
		got[c.GetName()] = c.GetType()
	}
	want := map[string]clusterv3.Cluster_DiscoveryType{
		"outbound|443||api.example.com": clusterv3.Cluster_STRICT_DNS,
		"outbound|80||reviews":          clusterv3.Cluster_STRICT_DNS,
		"outbound|80|v2|reviews":        clusterv3.Cluster_STATIC,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
