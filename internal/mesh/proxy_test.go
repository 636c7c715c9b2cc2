package mesh

import (
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const proxyMesh = `
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {topology.kubernetes.io/region: eu}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: a, labels: {app: web}}
spec: {serviceAccountName: web, nodeName: n1}
status: {phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}], conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: starting, namespace: a, labels: {app: starting, istio-locality: us.east}}
spec: {serviceAccountName: web}
status: {phase: Pending}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-0-deployment, namespace: a, labels: {not: these}}
spec: {template: {metadata: {labels: {app: deployed, topology.istio.io/network: far}}, spec: {serviceAccountName: deployed}}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: a, labels: {from: metadata}}
spec: {address: 192.0.2.1, labels: {app: vm}, locality: eu/west, network: vms, serviceAccount: vm}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: group, namespace: a}
spec: {metadata: {labels: {app: group}}, template: {serviceAccount: group, network: vms}}
---
apiVersion: v1
kind: Service
metadata: {name: edge, namespace: a}
spec: {selector: {app: edge}, ports: [{name: http, port: 80}]}
`

func TestProxy(t *testing.T) {
	m := buildYAML(t, []byte(proxyMesh), nil)
	local := map[string]string{"topology.istio.io/cluster": "Kubernetes"}
	ips := func(list ...string) []netip.Addr {
		var out []netip.Addr
		for _, a := range list {
			out = append(out, netip.MustParseAddr(a))
		}
		return out
	}
	tests := map[string]struct {
		asked Proxy
		want  Proxy
		found bool
	}{
		"pod": {Proxy{Name: "web-0"}, Proxy{Name: "web-0", Labels: united(local, map[string]string{"app": "web",
			"topology.kubernetes.io/region": "eu", "kubernetes.io/hostname": "n1"}), IPs: ips("10.0.0.1", "fd00::1"),
			Locality: "eu//", ServiceAccount: "web", Node: "n1"}, true},
		"asked wins": {Proxy{Name: "web-0", Labels: map[string]string{"x": "y"}, IPs: ips("10.9.9.9"), Locality: "l", ServiceAccount: "s", Node: "m", Network: "w"},
			Proxy{Name: "web-0", Labels: map[string]string{"x": "y"}, IPs: ips("10.9.9.9"), Locality: "l", ServiceAccount: "s", Node: "m", Network: "w"}, true},
		"pod that is not ready": {Proxy{Name: "starting"}, Proxy{Name: "starting",
			Labels: map[string]string{"app": "starting", "istio-locality": "us.east"}, Locality: "us/east", ServiceAccount: "web"}, true},
		"deployment": {Proxy{Name: "web-0-deployment"}, Proxy{Name: "web-0-deployment",
			Labels: map[string]string{"app": "deployed", "topology.istio.io/network": "far"}, Network: "far", ServiceAccount: "deployed"}, true},
		"workload entry": {Proxy{Name: "vm"}, Proxy{Name: "vm", Labels: united(local, map[string]string{"app": "vm", "from": "metadata",
			"topology.kubernetes.io/region": "eu", "topology.kubernetes.io/zone": "west", "topology.istio.io/network": "vms"}),
			IPs: ips("192.0.2.1"), Locality: "eu/west", Network: "vms", ServiceAccount: "vm"}, true},
		"workload group":          {Proxy{Name: "group"}, Proxy{Name: "group", Labels: map[string]string{"app": "group"}, Network: "vms", ServiceAccount: "group"}, true},
		"gateway by its service":  {Proxy{Type: Gateway, Name: "edge"}, Proxy{Type: Gateway, Name: "edge", Labels: map[string]string{"app": "edge"}}, true},
		"sidecar named a service": {Proxy{Type: Sidecar, Name: "edge"}, Proxy{Type: Sidecar, Name: "edge"}, false},
		"unknown":                 {Proxy{Name: "nobody", Locality: "l"}, Proxy{Name: "nobody", Locality: "l"}, false},
	}
	for name, test := range tests {
		test.asked.Namespace, test.want.Namespace = "a", "a"
		got, found := m.Proxy(test.asked)
		if diff := cmp.Diff(test.want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" || found != test.found {
			t.Errorf("%s: found %v (-want +got):\n%s", name, found, diff)
		}
	}
}

func TestSelected(t *testing.T) {
	m := buildYAML(t, []byte(proxyMesh), nil)
	for app, want := range map[string]string{"web": "web-0", "deployed": "web-0-deployment", "vm": "vm", "group": "group", "edge": ""} {
		got := ""
		for _, o := range m.Selected("a", map[string]string{"app": app}) {
			got += o.Name
		}
		if got != want {
			t.Errorf("%s: %q, want %q", app, got, want)
		}
	}
}

// Views of one mesh may be computed and asked at the same time.
func TestConcurrentViews(t *testing.T) {
	m, _ := Build(manyHosts(50), Settings{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			v := m.View(Proxy{Type: Sidecar, Namespace: "client", Name: "p"})
			for _, s := range v.Services() {
				if v.DestinationRule(s) == nil || v.Egress[0].VirtualService(s.Host) == nil || len(v.Endpoints(s, s.Ports[0])) != 1 {
					t.Error("incomplete view of " + s.Host)
				}
			}
		})
	}
	wg.Wait()
}

// Addresses are those of the proxy's IP families, and automatic ones only where the proxy answers DNS.
func TestAddresses(t *testing.T) {
	m := buildYAML(t, []byte(`
apiVersion: v1
kind: Service
metadata: {name: both, namespace: a}
spec: {clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, "fd00::1"], ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: six, namespace: a}
spec: {clusterIP: "fd00::2", ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: auto, namespace: a}
spec: {hosts: [auto.example], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
status: {addresses: [{value: 240.240.0.1, host: auto.example}, {value: "2001:2::1", host: auto.example}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: opted-out, namespace: a, labels: {networking.istio.io/enable-autoallocate-ip: "false"}}
spec: {hosts: [out.example], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
status: {addresses: [{value: 240.240.0.2, host: out.example}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: fixed, namespace: a}
spec: {hosts: [fixed.example], addresses: ["2001:db8::9"], ports: [{number: 80, name: tcp, protocol: TCP}], resolution: STATIC}
`), nil)
	four, six := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fd00::9")
	tests := []struct {
		host  string
		proxy Proxy
		first string
		all   []string
	}{
		{"both.a.svc.cluster.local", Proxy{}, "10.96.0.1", []string{"10.96.0.1"}},
		{"both.a.svc.cluster.local", Proxy{IPs: []netip.Addr{six}}, "fd00::1", []string{"fd00::1"}},
		{"both.a.svc.cluster.local", Proxy{IPs: []netip.Addr{four, six}}, "10.96.0.1", []string{"10.96.0.1", "fd00::1"}},
		{"six.a.svc.cluster.local", Proxy{IPs: []netip.Addr{four}}, "fd00::2", nil},
		{"auto.example", Proxy{}, "", nil},
		{"auto.example", Proxy{DNSCapture: true}, "240.240.0.1", []string{"240.240.0.1"}},
		{"auto.example", Proxy{DNSCapture: true, IPs: []netip.Addr{six}}, "2001:2::1", []string{"2001:2::1"}},
		{"out.example", Proxy{DNSCapture: true}, "", nil},
		{"fixed.example", Proxy{DNSCapture: true}, "2001:db8::9", []string{"2001:db8::9"}},
	}
	for _, test := range tests {
		s := m.ServicesOf(test.host)[0]
		if got := s.AddressFor(test.proxy); got != test.first {
			t.Errorf("%s for %v: %q, want %q", test.host, test.proxy.IPs, got, test.first)
		}
		if got := s.AddressesFor(test.proxy); !slices.Equal(got, test.all) {
			t.Errorf("%s for %v: %q, want %q", test.host, test.proxy.IPs, got, test.all)
		}
	}
}
