package compile

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcpproxyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/compile/tlscontext"
	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
)

// TestListeners compiles the mesh of each archive in testdata/listener, which is like those of [TestScenarios] without
// "show", and compares outlines: of each listener its chains with what they match, how they end TLS, and where they send
// what they take; of each route table its virtual hosts; and where all of it comes from. Outbound listeners of sidecars
// are left out.
func TestListeners(t *testing.T) {
	files, _ := filepath.Glob("testdata/listener/*.txtar")
	if len(files) == 0 {
		t.Fatal("no archives")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m := compiletest.Mesh(t, ar)
			for _, line := range strings.Split(strings.TrimSpace(compiletest.Section(ar, "proxies")), "\n") {
				p := compiletest.Proxy(t, line)
				compiletest.Check(t, ar, "out/"+p.Name, outline(t, New(m.View(p)).Snapshot()))
			}
			if *compiletest.Update {
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// An outliner prints a snapshot in few words.
type outliner struct {
	t       *testing.T
	out     strings.Builder
	origins envoy.Origins
}

func outline(t *testing.T, s *envoy.Snapshot) string {
	o := &outliner{t: t, origins: s.Origins}
	gateway := !slices.ContainsFunc(s.Listeners, func(l *listenerv3.Listener) bool { return l.Name == "virtualInbound" })
	for _, l := range s.Listeners {
		if gateway || l.TrafficDirection == corev3.TrafficDirection_INBOUND {
			o.listener(l)
		}
	}
	if gateway {
		for _, r := range s.Routes {
			o.table(r)
		}
	}
	return o.out.String()
}

func (o *outliner) printf(format string, args ...any) { fmt.Fprintf(&o.out, format, args...) }

func (o *outliner) listener(l *listenerv3.Listener) {
	address := l.GetAddress().GetSocketAddress()
	o.printf("listener %s at %s:%d\n", l.Name, address.GetAddress(), address.GetPortValue())
	for _, f := range l.ListenerFilters {
		name := strings.TrimPrefix(f.Name, "envoy.filters.listener.")
		if f.FilterDisabled != nil {
			name += " unless " + inline(f.FilterDisabled)
		}
		o.printf("  %s\n", name)
	}
	o.from("  ", envoy.Listener(l.Name))
	o.from("  tls ", envoy.Listener(l.Name).Part("tls"))
	for i, c := range l.FilterChains {
		o.chain(envoy.FilterChain(l.Name, i), c)
	}
}

func (o *outliner) chain(at envoy.Addr, c *listenerv3.FilterChain) {
	o.printf("  chain %s", c.Name)
	m := c.GetFilterChainMatch()
	if p := m.GetDestinationPort(); p != nil {
		o.printf(" port=%d", p.Value)
	}
	if len(m.GetServerNames()) > 0 {
		o.printf(" sni=%s", strings.Join(m.GetServerNames(), ","))
	}
	if m.GetTransportProtocol() != "" {
		o.printf(" %s", m.GetTransportProtocol())
	}
	if len(m.GetApplicationProtocols()) > 0 {
		o.printf(" alpn=%s", strings.Join(m.GetApplicationProtocols(), ","))
	}
	o.printf("\n")
	if c.TransportSocket != nil {
		o.tls(c.TransportSocket)
	}
	for _, f := range c.Filters {
		o.filter(f)
	}
	o.from("    ", at)
	for _, part := range slices.Sorted(maps.Keys(o.origins)) {
		if strings.HasPrefix(string(part), string(at)+"/") {
			o.from("    "+strings.TrimPrefix(string(part), string(at)+"/")+" ", part)
		}
	}
}

func (o *outliner) tls(s *corev3.TransportSocket) {
	ctx := &tlsv3.DownstreamTlsContext{}
	o.unpack(s.GetTypedConfig(), ctx)
	common := ctx.CommonTlsContext
	o.printf("    ends TLS, offers %s", strings.Join(common.AlpnProtocols, ","))
	for _, c := range common.TlsCertificateSdsSecretConfigs {
		o.printf(", shows %s", c.Name)
	}
	if r := common.GetCombinedValidationContext().GetValidationContextSdsSecretConfig(); r != nil {
		o.printf(", trusts %s", r.Name)
	}
	if ctx.GetRequireClientCertificate().GetValue() {
		o.printf(", demands a certificate")
	}
	o.printf("\n")
	for _, part := range []proto.Message{common.GetCombinedValidationContext().GetDefaultValidationContext(), common.GetValidationContext(), common.TlsParams} {
		text := inline(part)
		if text != "" && text != `match_subject_alt_names:{prefix:"spiffe://cluster.local/"}` && !strings.HasSuffix(text, meshCiphersText) {
			o.printf("      %s\n", text)
		}
	}
}

// meshCiphersText is how the end of the mesh's own TLS settings looks; they are left out.
var meshCiphersText = `tls_maximum_protocol_version:TLSv1_3 cipher_suites:"` + strings.Join(tlscontext.MeshCiphers, `" cipher_suites:"`) + `"`

func (o *outliner) filter(f *listenerv3.Filter) {
	switch name := strings.TrimPrefix(f.Name, "envoy.filters.network."); name {
	case "http_connection_manager":
		m := &hcmv3.HttpConnectionManager{}
		o.unpack(f.GetTypedConfig(), m)
		var names []string
		for _, h := range m.HttpFilters {
			name := strings.TrimPrefix(h.Name, "envoy.filters.http.")
			if !slices.Contains([]string{"fault", "cors", "router", "istio.alpn"}, name) {
				names = append(names, name)
			}
		}
		if m.GetRds() != nil {
			names = append(names, m.GetRds().RouteConfigName)
		}
		o.printf("    http %s\n", strings.Join(names, " "))
		if m.GetRouteConfig() != nil {
			o.table(m.GetRouteConfig())
		}
	case "tcp_proxy":
		p := &tcpproxyv3.TcpProxy{}
		o.unpack(f.GetTypedConfig(), p)
		o.printf("    tcp to %s", p.GetCluster())
		for _, c := range p.GetWeightedClusters().GetClusters() {
			o.printf(" %s*%d", c.Name, c.Weight)
		}
		o.printf("\n")
	default:
		o.printf("    %s\n", name)
	}
}

func (o *outliner) table(r *routev3.RouteConfiguration) {
	inListener := strings.HasPrefix(r.Name, "inbound|") || r.Name == xds.InboundPassthrough
	indent := map[bool]string{true: "      "}[inListener]
	o.printf("%sroutes %s\n", indent, r.Name)
	o.from(indent+"  ", envoy.RouteConfig(r.Name))
	for _, v := range r.VirtualHosts {
		o.printf("%s  host %s %s", indent, v.Name, strings.Join(v.Domains, ","))
		if v.RequireTls != 0 {
			o.printf(" requires TLS")
		}
		o.printf("\n")
		o.from(indent+"    ", envoy.VirtualHost(r.Name, v.Name))
		o.from(indent+"    redirect ", envoy.VirtualHost(r.Name, v.Name).Part("redirect"))
		for i, route := range v.Routes {
			to := route.GetRoute().GetCluster()
			if p := route.GetRoute().GetRetryPolicy(); inListener && p != nil {
				to += ", retries on " + p.RetryOn
			}
			o.printf("%s    %s -> %s\n", indent, inline(route.Match), to)
			o.from(indent+"      ", envoy.Route(r.Name, v.Name, i))
		}
	}
}

// from prints the origins of an address, those of one object in one role by the first and a count.
func (o *outliner) from(indent string, at envoy.Addr) {
	list := o.origins[at]
	for i := 0; i < len(list); {
		first, n := list[i], 0
		for ; i < len(list) && list[i].Object == first.Object && list[i].Role == first.Role && list[i].Note == first.Note; i++ {
			n++
		}
		o.printf("%s<- %s %s %s/%s:%d %s", indent, first.Role, first.Object.Kind, first.Object.Namespace, first.Object.Name,
			first.Doc.At(first.Field).Line, first.Field)
		if n > 1 {
			o.printf(" and %d more", n-1)
		}
		if first.Note != "" {
			o.printf(" (%s)", first.Note)
		}
		o.printf("\n")
	}
}

func (o *outliner) unpack(any interface{ UnmarshalTo(proto.Message) error }, into proto.Message) {
	if err := any.UnmarshalTo(into); err != nil {
		o.t.Fatal(err)
	}
}

// inline prints a message on one line, always in the same way; "" for none.
func inline(m proto.Message) string {
	if m == nil || !m.ProtoReflect().IsValid() {
		return ""
	}
	text := prototext.MarshalOptions{}.Format(m)
	return strings.Join(strings.Fields(text), " ")
}
