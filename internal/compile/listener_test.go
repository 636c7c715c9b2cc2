package compile

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/testing/protocmp"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// TestChainKey tells which filter chains match the same connections, however they say so.
func TestChainKey(t *testing.T) {
	for _, c := range []struct {
		a, b filterchain.Chain
		same bool
	}{
		{filterchain.Chain{}, filterchain.Chain{SNI: []string{"*"}}, true},
		{filterchain.Chain{}, filterchain.Chain{CIDRs: []string{"0.0.0.0/0"}}, true},
		{filterchain.Chain{SNI: []string{"a", "b"}}, filterchain.Chain{SNI: []string{"b", "a", "a"}}, true},
		{filterchain.Chain{SNI: []string{"a"}}, filterchain.Chain{SNI: []string{"b"}}, false},
		{filterchain.Chain{CIDRs: []string{"10.1.2.3/8"}}, filterchain.Chain{CIDRs: []string{"10.9.9.9/8"}}, true},
		{filterchain.Chain{CIDRs: []string{"10.0.0.1"}}, filterchain.Chain{CIDRs: []string{"10.0.0.1/32"}}, true},
		{filterchain.Chain{CIDRs: []string{"10.0.0.1"}}, filterchain.Chain{CIDRs: []string{"10.0.0.2"}}, false},
		{filterchain.Chain{ALPN: []string{"h2"}}, filterchain.Chain{}, false},
		{filterchain.Chain{Transport: "tls"}, filterchain.Chain{Transport: filterchain.RawBuffer}, false},
		{filterchain.Chain{SNI: []string{"a"}}, filterchain.Chain{CIDRs: []string{"10.0.0.1"}}, false},
	} {
		if same := c.a.Key() == c.b.Key(); same != c.same {
			t.Errorf("%+v and %+v: the same is %v", c.a, c.b, same)
		}
	}
}

// TestServiceAddress tells which address a proxy knows a service by, and which authorities name it.
func TestServiceAddress(t *testing.T) {
	service := &config.Object{Kind: "Service"}
	m, _ := mesh.Build(nil, mesh.Settings{})
	entry := &config.Object{Kind: "ServiceEntry"}
	v4, v6 := netip.MustParseAddr("10.1.0.1"), netip.MustParseAddr("fd00::1")
	for _, c := range []struct {
		name    string
		proxy   mesh.Proxy
		service *mesh.Service
		address string
		all     []string
	}{
		{"none", mesh.Proxy{}, &mesh.Service{Object: entry}, "0.0.0.0", []string{"0.0.0.0"}},
		{"headless", mesh.Proxy{}, &mesh.Service{Object: service}, "0.0.0.0", []string{"0.0.0.0"}},
		{"of the proxy's family", mesh.Proxy{IPs: []netip.Addr{v6}},
			&mesh.Service{Object: service, Addresses: []string{"10.0.0.1", "fd00::9"}}, "fd00::9", []string{"fd00::9"}},
		{"of the other family", mesh.Proxy{IPs: []netip.Addr{v6}},
			&mesh.Service{Object: service, Addresses: []string{"10.0.0.1"}}, "10.0.0.1", nil},
		{"of both, for a proxy of both", mesh.Proxy{IPs: []netip.Addr{v4, v6}},
			&mesh.Service{Object: service, Addresses: []string{"fd00::9", "10.0.0.1"}}, "fd00::9", []string{"fd00::9"}},
		{"an entry of the other family", mesh.Proxy{IPs: []netip.Addr{v4}},
			&mesh.Service{Object: entry, Addresses: []string{"fd00::9"}}, "fd00::9", []string{"fd00::9"}},
		{"a CIDR", mesh.Proxy{}, &mesh.Service{Object: entry, Addresses: []string{"10.0.0.0/8"}}, "10.0.0.0/8", []string{"10.0.0.0/8"}},
		{"allocated, without DNS", mesh.Proxy{},
			&mesh.Service{Object: entry, AutoAddresses: []string{"240.0.0.1"}}, "0.0.0.0", []string{"0.0.0.0"}},
		{"allocated, with DNS", mesh.Proxy{DNSCapture: true},
			&mesh.Service{Object: entry, AutoAddresses: []string{"240.0.0.1", "2001::1"}}, "240.0.0.1", []string{"240.0.0.1"}},
		{"allocated, with DNS and IPv6", mesh.Proxy{DNSCapture: true, IPs: []netip.Addr{v6}},
			&mesh.Service{Object: entry, AutoAddresses: []string{"240.0.0.1", "2001::1"}}, "2001::1", []string{"2001::1"}},
	} {
		compiler := New(m.View(c.proxy))
		if got := proxy.ServiceAddress(compiler.view, c.service); got != c.address {
			t.Errorf("%s: address %s, want %s", c.name, got, c.address)
		}
		if diff := cmp.Diff(c.all, proxy.ServiceAddresses(compiler.view, c.service)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestListenersByPort asks for the listeners of single ports, and for route tables by name, of a compiler that has built
// nothing else. They are those of a snapshot.
func TestListenersByPort(t *testing.T) {
	files, _ := filepath.Glob("testdata/scenario/*.txtar")
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := compiletest.Mesh(t, ar)
		proxy := compiletest.Proxy(t, strings.Split(compiletest.Section(ar, "proxies"), "\n")[0])
		whole := New(m.View(proxy)).Snapshot()
		for _, want := range whole.Listeners {
			port := want.Address.GetSocketAddress().GetPortValue()
			on := New(m.View(proxy)).ListenersOn(port)
			i := slices.IndexFunc(on, func(l *listenerv3.Listener) bool { return l.Name == want.Name })
			if i < 0 {
				t.Errorf("%s: %s is not on port %d", file, want.Name, port)
			} else if diff := cmp.Diff(want, on[i], protocmp.Transform()); diff != "" {
				t.Errorf("%s: %s (-snapshot +by port):\n%s", file, want.Name, diff)
			}
		}
		for _, want := range whole.Routes {
			if diff := cmp.Diff(want, New(m.View(proxy)).Route(want.Name), protocmp.Transform()); diff != "" {
				t.Errorf("%s: %s (-snapshot +by name):\n%s", file, want.Name, diff)
			}
		}
	}
}

// TestRouteFor asks for single virtual hosts by authority, for every domain of every table, and wants the virtual host
// that Envoy would choose from the whole table, with its origins.
func TestRouteFor(t *testing.T) {
	files, _ := filepath.Glob("testdata/scenario/*.txtar")
	asked := 0
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := compiletest.Mesh(t, ar)
		proxy := compiletest.Proxy(t, strings.Split(compiletest.Section(ar, "proxies"), "\n")[0])
		whole := New(m.View(proxy)).Snapshot()
		part := New(m.View(proxy))
		for _, table := range whole.Routes {
			if proxy.Type == mesh.Gateway || part.outbound.OutboundTable(table.Name).Hosts.Table == 0 || strings.Contains(table.Name, ":") {
				continue // had as a whole only
			}
			for _, authority := range authoritiesOf(table) {
				got, want := part.RouteFor(table.Name, authority), chosen(table, authority)
				if want.Domains[0] == "*" {
					if got != nil {
						t.Errorf("%s %s: %s got %s", file, table.Name, authority, got.VirtualHosts[0].Name)
					}
					continue
				}
				asked++
				if diff := cmp.Diff(want, got.GetVirtualHosts()[0], protocmp.Transform()); diff != "" {
					t.Errorf("%s %s: %s (-whole +part):\n%s", file, table.Name, authority, diff)
				}
				at := envoy.Route(table.Name, want.Name, 0)
				if diff := cmp.Diff(len(whole.Origins[at]), len(part.OriginsOf(at))); diff != "" {
					t.Errorf("%s: origins of %s (-whole +part):\n%s", file, at, diff)
				}
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d virtual hosts were asked for", asked)
	}
}

func authoritiesOf(table *routev3.RouteConfiguration) []string {
	out := []string{"nobody.invalid"}
	for _, v := range table.VirtualHosts {
		for _, d := range v.Domains {
			name := strings.ToUpper(strings.Replace(d, "*", "some", 1))
			out = append(out, name, name+":8080", "more."+name)
		}
	}
	return out
}

// chosen is the virtual host that Envoy chooses.
func chosen(table *routev3.RouteConfiguration, authority string) *routev3.VirtualHost {
	host := strings.ToLower(strings.TrimSuffix(authority, ":8080"))
	var best *routev3.VirtualHost
	longest := 0
	for _, v := range table.VirtualHosts {
		for _, d := range v.Domains {
			if suffix, wild := strings.CutPrefix(d, "*"); d == host {
				return v
			} else if wild && strings.HasSuffix(host, suffix) && len(host) > len(suffix) && len(d) > longest {
				best, longest = v, len(d)
			}
		}
	}
	return best
}
