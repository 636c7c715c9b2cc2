package mesh

import (
	"encoding/json"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/trafficpolicy"
)

// generated is what istiod made of a case for one proxy, as far as it tells about the mesh.
type generated struct {
	Clusters []struct {
		Name     string
		Metadata struct {
			FilterMetadata struct {
				Istio struct{ Config string }
			}
		}
	}
	Endpoints []struct {
		ClusterName string
		Endpoints   []struct {
			LbEndpoints []struct {
				Endpoint struct {
					Address struct {
						SocketAddress struct {
							Address   string
							PortValue int
						}
						Pipe struct{ Path string }
					}
				}
			}
		}
	}
}

// TestOracle holds views against what istiod generated: the clusters show which services are visible and which rules
// decide, the endpoints who serves them, the inbound clusters what the proxy serves. SEM_ORACLE names the folder.
func TestOracle(t *testing.T) {
	root := os.Getenv("SEM_ORACLE")
	if root == "" {
		t.Skip("SEM_ORACLE is not set")
	}
	cases, _ := filepath.Glob(filepath.Join(root, "cases", "*"))
	for _, dir := range cases {
		t.Run(filepath.Base(dir), func(t *testing.T) { runCase(t, dir) })
	}
}

func runCase(t *testing.T, dir string) {
	documents, err := os.ReadFile(filepath.Join(dir, "mesh.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	settings, _ := os.ReadFile(filepath.Join(dir, "meshconfig.yaml"))
	m := buildYAML(t, documents, settings)
	var proxies []struct {
		Type, Namespace, Name, Locality, Network, ServiceAccount string
		Labels                                                   map[string]string
		IPs                                                      []netip.Addr
		DNSCapture                                               bool
	}
	read(t, filepath.Join(dir, "proxies.json"), &proxies)
	for _, p := range proxies {
		var want generated
		read(t, filepath.Join(dir, p.Name+".xds.json"), &want)
		asked := Proxy{Type: Sidecar, Namespace: p.Namespace, Name: p.Name, Locality: p.Locality, Network: p.Network,
			ServiceAccount: p.ServiceAccount, Labels: p.Labels, IPs: p.IPs, DNSCapture: p.DNSCapture}
		if p.Type == "router" {
			asked.Type = Gateway
		}
		v := m.View(asked)
		t.Run(p.Name, func(t *testing.T) { compareView(t, v, want) })
	}
}

func read(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func compareView(t *testing.T, v *View, want generated) {
	clusters, endpoints := map[string]string{}, map[string][]string{}
	for _, c := range want.Clusters {
		if strings.HasPrefix(c.Name, "outbound|") {
			clusters[c.Name] = c.Metadata.FilterMetadata.Istio.Config
		}
	}
	for _, e := range want.Endpoints {
		if !strings.HasPrefix(e.ClusterName, "outbound|") {
			continue
		}
		list := []string{}
		for _, l := range e.Endpoints {
			for _, at := range l.LbEndpoints {
				a := at.Endpoint.Address
				if a.Pipe.Path != "" {
					list = append(list, "unix://"+a.Pipe.Path)
					continue
				}
				list = append(list, a.SocketAddress.Address+":"+strconv.Itoa(a.SocketAddress.PortValue))
			}
		}
		slices.Sort(list)
		endpoints[e.ClusterName] = list
	}
	gotClusters, gotEndpoints := viewClusters(v)
	if diff := cmp.Diff(clusters, gotClusters); diff != "" {
		t.Errorf("clusters and their rules (-istiod +view):\n%s", diff)
	}
	for name, list := range endpoints {
		if len(list) > 0 && v.distributes(name) {
			continue // localities without a share lose their endpoints when clusters are compiled
		}
		if diff := cmp.Diff(list, gotEndpoints[name]); diff != "" {
			t.Errorf("endpoints of %s (-istiod +view):\n%s", name, diff)
		}
	}
	compareTargets(t, v, want)
}

// distributes reports whether the rule of a cluster's host gives shares to localities.
func (v *View) distributes(cluster string) bool {
	s := v.Service(cluster[strings.LastIndex(cluster, "|")+1:])
	if s == nil || v.DestinationRule(s) == nil {
		return false
	}
	p := v.DestinationRule(s).HostPolicy()
	return p != nil && len(p.LoadBalancer.Value.GetLocalityLbSetting().GetDistribute()) > 0
}

// viewClusters are the clusters that a view's services would have: the rule by name, and the endpoints.
func viewClusters(v *View) (map[string]string, map[string][]string) {
	clusters, endpoints := map[string]string{}, map[string][]string{}
	for _, s := range v.Services() {
		if s.Resolution == Alias {
			continue
		}
		rule := v.DestinationRule(s)
		subsets := []trafficpolicy.Subset{{}}
		origin := ""
		if rule != nil {
			subsets = append(subsets, rule.Subsets...)
			origin = "/apis/networking.istio.io/v1/namespaces/" + rule.From[0].Namespace + "/destination-rule/" + rule.From[0].Name
		}
		for _, p := range s.Ports {
			if p.Protocol == UDP {
				continue
			}
			for _, subset := range subsets {
				name := "outbound|" + number(p.Number) + "|" + subset.Name + "|" + s.Host
				clusters[name] = origin
				list := []string{}
				for _, e := range v.Endpoints(s, p) {
					if registry.Selects(subset.Labels, e.Labels) {
						list = append(list, addressOf(e))
					}
				}
				slices.Sort(list)
				endpoints[name] = list
			}
		}
	}
	return clusters, endpoints
}

func addressOf(e *Endpoint) string {
	if e.IsUnix() {
		return e.Address
	}
	return e.Address + ":" + number(e.Port)
}

func compareTargets(t *testing.T, v *View, want generated) {
	if v.IsGateway() || v.Sidecar != nil && len(config.Spec[*networking.Sidecar](v.Sidecar).Ingress) > 0 {
		return
	}
	inbound, got := map[string]bool{}, map[string]bool{}
	for _, c := range want.Clusters {
		if strings.HasPrefix(c.Name, "inbound|") {
			inbound[c.Name] = true
		}
	}
	for _, target := range v.Targets() {
		got["inbound|"+number(target.Number)+"||"] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(inbound)), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("inbound clusters (-istiod +view):\n%s", diff)
	}
}
