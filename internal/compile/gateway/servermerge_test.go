package gateway

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/tlscontext"
	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// TestMergeServers merges servers of one Gateway that are written as "PORT PROTOCOL HOSTS [MODE] [@ADDRESS]".
func TestMergeServers(t *testing.T) {
	for _, tt := range []struct {
		name                   string
		servers, want, ignored []string
	}{
		{
			name:    "plain HTTP of any kind shares a table",
			servers: []string{"80 HTTP a", "80 GRPC b", "80 http c"},
			want:    []string{"80 HTTP http.80: a b c"},
		},
		{
			name:    "TCP after HTTP",
			servers: []string{"80 HTTP a", "80 TCP *"},
			want:    []string{"80 HTTP http.80: a"},
			ignored: []string{"* port 80 already has a server of protocol HTTP"},
		},
		{
			name:    "a second TCP server",
			servers: []string{"80 TCP a", "80 TCP b"},
			want:    []string{"80 TCP : a"},
			ignored: []string{"b port 80 already has a server of protocol TCP"},
		},
		{
			name:    "TLS after HTTP",
			servers: []string{"80 HTTP a", "80 HTTPS b SIMPLE"},
			want:    []string{"80 HTTP http.80: a"},
			ignored: []string{"b port 80 already has a server of protocol HTTP"},
		},
		{
			name:    "HTTP after TLS goes beside it",
			servers: []string{"80 HTTPS a SIMPLE", "80 HTTP b"},
			want:    []string{"80 HTTPS https.80.p0.gw.ns: a", "80 HTTP http.80: b"},
		},
		{
			name:    "TLS of several kinds",
			servers: []string{"443 HTTPS a SIMPLE", "443 TLS b PASSTHROUGH", "443 HTTPS c MUTUAL", "443 TLS d SIMPLE"},
			want:    []string{"443 HTTPS https.443.p0.gw.ns: a c", "443 TLS : b d"},
		},
		{
			name:    "a host twice takes the whole server away",
			servers: []string{"443 HTTPS a SIMPLE", "443 TLS b,a PASSTHROUGH", "443 HTTPS b SIMPLE"},
			want:    []string{"443 HTTPS https.443.p0.gw.ns: a b"},
			ignored: []string{"b,a an earlier server with TLS settings on port 443 has the host a"},
		},
		{
			name:    "a host twice at different addresses",
			servers: []string{"443 HTTPS a SIMPLE", "443 HTTPS a SIMPLE @10.0.0.1"},
			want:    []string{"443 HTTPS https.443.p0.gw.ns: a", "443 HTTPS@10.0.0.1 : a"},
		},
		{
			name:    "HTTP at different addresses",
			servers: []string{"80 HTTP a", "80 HTTP a @10.0.0.1", "80 HTTP b @10.0.0.1", "80 TCP c @10.0.0.2"},
			want:    []string{"80 HTTP http.80: a", "80 HTTP@10.0.0.1 http.80.10.0.0.1: a b", "80 TCP@10.0.0.2 : c"},
		},
		{
			name:    "redirects are settings of TLS",
			servers: []string{"80 HTTP a PASSTHROUGH", "80 HTTP a PASSTHROUGH", "80 HTTP a"},
			want:    []string{"80 HTTP http.80: a a"},
			ignored: []string{"a an earlier server with TLS settings on port 80 has the host a"},
		},
		{
			name:    "namespaces of hosts",
			servers: []string{"443 HTTPS ./a SIMPLE", "443 HTTPS */a SIMPLE", "443 HTTPS ns/a SIMPLE", "444 HTTPS */* SIMPLE"},
			want:    []string{"443 HTTPS https.443.p0.gw.ns: ns/a a", "444 HTTPS https.444.p3.gw.ns: *"},
			ignored: []string{"ns/a an earlier server with TLS settings on port 443 has the host ns/a"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, _ := mesh.Build([]*config.Object{gatewayOf(tt.servers)}, mesh.Settings{})
			merged := NewBuilder(m.View(mesh.Proxy{Type: mesh.Gateway, Namespace: "ns", Name: "gw"}), nil, nil).servers()
			var got, ignored []string
			for _, g := range merged.groups {
				at := g.written
				if g.bind != "" {
					at += "@" + g.bind
				}
				got = append(got, fmt.Sprintf("%d %s %s: %s", g.port, at, g.table, hostsOf(g.servers)))
			}
			for _, s := range merged.skipped {
				ignored = append(ignored, strings.Join(s.hosts, ",")+" "+s.why)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.ignored, ignored); diff != "" {
				t.Errorf("skipped (-want +got):\n%s", diff)
			}
		})
	}
}

func hostsOf(servers []*gatewayServer) string {
	var out []string
	for _, s := range servers {
		out = append(out, strings.Join(s.hosts, ","))
	}
	return strings.Join(out, " ")
}

func gatewayOf(lines []string) *config.Object {
	gw := &networking.Gateway{}
	for i, line := range lines {
		s := &networking.Server{Port: &networking.Port{Name: fmt.Sprintf("p%d", i)}}
		var hosts string
		fmt.Sscanf(line, "%d %s %s", &s.Port.Number, &s.Port.Protocol, &hosts)
		s.Hosts = strings.Split(hosts, ",")
		for _, word := range strings.Fields(line)[3:] {
			if address, ok := strings.CutPrefix(word, "@"); ok {
				s.Bind = address
			} else {
				s.Tls = &networking.ServerTLSSettings{Mode: networking.ServerTLSSettings_TLSmode(networking.ServerTLSSettings_TLSmode_value[word])}
			}
		}
		gw.Servers = append(gw.Servers, s)
	}
	return &config.Object{Kind: "Gateway", Meta: config.Meta{Namespace: "ns", Name: "gw"}, Spec: gw}
}

func TestCommonHosts(t *testing.T) {
	for _, tt := range []struct{ hosts, others, want []string }{
		{[]string{"foo.com", "bar.com"}, []string{"*.com"}, []string{"foo.com", "bar.com"}},
		{[]string{"foo.com", "*.net"}, []string{"*.com", "bar.net"}, []string{"foo.com", "bar.net"}},
		{[]string{"foo.com", "*.net"}, []string{"*.bar.net"}, []string{"*.bar.net"}},
		{[]string{"foo.com"}, []string{"bar.com"}, nil},
		{[]string{"*"}, []string{"*", "a"}, []string{"*", "a"}},
		{[]string{"*.com"}, []string{"*.com", "com"}, []string{"*.com"}},
		{[]string{"Foo.com"}, []string{"foo.com"}, nil},
	} {
		if diff := cmp.Diff(tt.want, commonHosts(tt.hosts, tt.others)); diff != "" {
			t.Errorf("%v and %v: %s", tt.hosts, tt.others, diff)
		}
	}
}

func TestKnownCiphers(t *testing.T) {
	got := tlscontext.KnownCiphers([]string{"AES128-SHA", "nonsense", "ALL", "-AES", "AES128-SHA", ""})
	if diff := cmp.Diff([]string{"AES128-SHA", "ALL", "-AES", ""}, got); diff != "" {
		t.Error(diff)
	}
}
