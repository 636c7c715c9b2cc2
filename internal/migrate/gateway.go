package migrate

import (
	"maps"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/source"
)

// readGateways reads the Gateways of Istio's API.
func (c *converter) readGateways() {
	for _, o := range c.mesh.Objects("Gateway") {
		spec := config.Spec[*networking.Gateway](o)
		if spec == nil {
			continue
		}
		g := &gateway{object: o}
		c.serve(g, spec)
		g.name = c.freeName("Gateway", g.namespace, o.Name)
		for _, s := range routing.GatewayOf(o, spec).Servers {
			c.server(g, s)
		}
		c.gateways[o.Namespace+"/"+o.Name], c.inOrder = g, append(c.inOrder, g)
	}
}

// serve finds the Service of the proxies that a Gateway selects. Istio's own installation names it after the label.
func (c *converter) serve(g *gateway, spec *networking.Gateway) {
	at := config.At(g.object, "spec.selector")
	if s := c.serviceOf(spec.GetSelector()); s != nil {
		g.namespace, g.service = s.Namespace, s.Name
		return
	}
	var words []string
	for _, key := range slices.Sorted(maps.Keys(spec.GetSelector())) {
		if key == "istio" {
			words = append(words, key)
		}
		words = append(words, spec.GetSelector()[key])
	}
	g.namespace, g.service = c.mesh.Settings.Config.GetRootNamespace(), label(strings.Join(words, "-"))
	if g.service == "" {
		g.service = "istio-ingressgateway"
	}
	c.remark(Assumed, at, "the input has no Service of the gateway: it is taken to be "+g.namespace+"/"+g.service)
	c.assumeGateway(g, spec)
}

// serviceOf is the Service of the Pods that a selector selects, or nil.
func (c *converter) serviceOf(selector map[string]string) *mesh.Service {
	if len(selector) == 0 {
		return nil
	}
	pods := c.mesh.Selected("", selector)
	for _, s := range c.mesh.Services {
		if !s.Kubernetes() || len(s.Selector) == 0 {
			continue
		}
		if includes(s.Selector, selector) || slices.ContainsFunc(pods, func(o *config.Object) bool {
			return o.Namespace == s.Namespace && includes(mesh.WorkloadLabels(o), s.Selector)
		}) {
			return s
		}
	}
	return nil
}

// includes reports whether labels have all of others.
func includes(labels, others map[string]string) bool {
	for k, v := range others {
		if labels[k] != v {
			return false
		}
	}
	return true
}

// assumeGateway adds the Service and the Deployment of a gateway, so that there is something to compare.
func (c *converter) assumeGateway(g *gateway, spec *networking.Gateway) {
	if c.names[resourceName{"Deployment", g.namespace, g.service}] {
		return
	}
	c.names[resourceName{"Deployment", g.namespace, g.service}] = true
	labels := object()
	for _, key := range slices.Sorted(maps.Keys(spec.GetSelector())) {
		labels.Fields = append(labels.Fields, source.Field{Key: key, Value: source.Text(spec.GetSelector()[key])})
	}
	if len(labels.Fields) == 0 {
		labels = object("istio", "ingressgateway")
	}
	var ports []*source.Node
	seen := map[uint32]bool{}
	for _, o := range c.mesh.Objects("Gateway") {
		other := config.Spec[*networking.Gateway](o)
		if other == nil || !maps.Equal(other.GetSelector(), spec.GetSelector()) {
			continue
		}
		for _, s := range other.GetServers() {
			if n := s.GetPort().GetNumber(); n != 0 && !seen[n] {
				seen[n] = true
				ports = append(ports, object("name", label("port "+value(n).Text), "port", n))
			}
		}
	}
	service := resource("v1", "Service", g.namespace, g.service, object("selector", labels, "ports", ports))
	pod := object("metadata", object("labels", labels), "spec", object("containers", []*source.Node{object("name", "istio-proxy", "args", []string{"proxy", "router"})}))
	workload := resource("apps/v1", "Deployment", g.namespace, g.service, object("selector", object("matchLabels", labels), "template", pod))
	c.plan.Assumed = append(c.plan.Assumed, service, workload)
}

// server makes listeners of the hosts of a server.
func (c *converter) server(g *gateway, s routing.Server) {
	port := s.GetPort()
	l := listener{port: port.GetNumber()}
	switch protocol := strings.ToUpper(port.GetProtocol()); protocol {
	case "HTTP", "HTTP2", "GRPC", "GRPC-WEB":
		l.protocol = "HTTP"
		if l.redirects = s.GetTls().GetHttpsRedirect(); l.redirects {
			c.changed(s.TLSAt.Sub("httpsRedirect"), "httpsRedirect: a route leaves port 80 of the Host header out of the new URL")
		}
	case "HTTPS", "TLS":
		l.protocol = protocol
		if !c.serverTLS(&l, s) {
			return
		}
	case "TCP", "MONGO", "MYSQL", "REDIS":
		l.protocol = "TCP"
		if protocol != "TCP" {
			c.changed(s.PortAt, "protocol "+protocol+": a listener passes it on as TCP")
		}
		if s.GetTls() != nil {
			l.protocol = "TLS"
			if !c.serverTLS(&l, s) {
				return
			}
		}
	default:
		c.lost(s.PortAt, "a listener cannot have protocol "+port.GetProtocol())
		return
	}
	if s.GetBind() != "" {
		c.lost(s.BindAt, "bind: a listener accepts connections on every address")
	}
	for i, host := range s.GetHosts() {
		each := l
		each.namespace, each.host = "*", host
		if ns, name, ok := strings.Cut(host, "/"); ok {
			each.namespace, each.host = ns, name
		}
		if each.namespace == "." {
			each.namespace = g.object.Namespace
		}
		if each.host != "*" && l.protocol == "TCP" {
			c.changed(s.HostAt(i), "a listener of protocol TCP has no hostname: it accepts every connection")
			each.host = "*"
		}
		name := label(port.GetName())
		if len(s.GetHosts()) > 1 || name == "" {
			name = label(l.protocol + "-" + each.host)
		}
		each.name = unique(name, func(try string) bool {
			return !slices.ContainsFunc(g.listeners, func(o *listener) bool { return o.name == try })
		})
		g.listeners = append(g.listeners, &each)
	}
}

// serverTLS translates the TLS settings of a server. It is false where a listener cannot do the same.
func (c *remarks) serverTLS(l *listener, s routing.Server) bool {
	tls := s.GetTls()
	at := s.TLSAt
	options := object()
	option := func(key, value string) {
		options.Fields = append(options.Fields, source.Field{Key: key, Value: source.Text(value)})
	}
	switch tls.GetMode() {
	case networking.ServerTLSSettings_PASSTHROUGH:
		l.protocol, l.through = "TLS", true
		l.tls = object("mode", "Passthrough")
		return true
	case networking.ServerTLSSettings_AUTO_PASSTHROUGH:
		c.lost(at.Sub("mode"), "mode AUTO_PASSTHROUGH needs a Gateway for traffic between networks; the server is left out")
		return false
	case networking.ServerTLSSettings_MUTUAL:
		option("gateway.istio.io/tls-terminate-mode", "MUTUAL")
	case networking.ServerTLSSettings_OPTIONAL_MUTUAL:
		option("gateway.istio.io/tls-terminate-mode", "OPTIONAL_MUTUAL")
	case networking.ServerTLSSettings_ISTIO_MUTUAL:
		option("gateway.istio.io/tls-terminate-mode", "ISTIO_MUTUAL")
	}
	if suites := tls.GetCipherSuites(); len(suites) > 0 {
		option("gateway.istio.io/tls-cipher-suites", strings.Join(suites, ","))
	}
	var refs []*source.Node
	for _, name := range credentials(tls) {
		refs = append(refs, object("name", name))
	}
	if len(refs) == 0 && tls.GetMode() != networking.ServerTLSSettings_ISTIO_MUTUAL {
		c.lost(at, "a listener reads its certificate from a Secret: the server, which has files, is left out")
		return false
	}
	c.lostTLS(tls, at)
	l.tls = object("mode", "Terminate", "certificateRefs", refs)
	if len(options.Fields) > 0 {
		l.tls = l.tls.With("options", options)
	}
	return true
}

func credentials(tls *networking.ServerTLSSettings) []string {
	if len(tls.GetCredentialNames()) > 0 {
		return tls.GetCredentialNames()
	}
	if tls.GetCredentialName() == "" {
		return nil
	}
	return []string{tls.GetCredentialName()}
}

// lostTLS remarks on what no listener says.
func (c *remarks) lostTLS(tls *networking.ServerTLSSettings, at config.Place) {
	for _, f := range []struct {
		field string
		set   bool
	}{
		{"minProtocolVersion", tls.GetMinProtocolVersion() != 0}, {"maxProtocolVersion", tls.GetMaxProtocolVersion() != 0},
		{"subjectAltNames", len(tls.GetSubjectAltNames()) > 0}, {"verifyCertificateSpki", len(tls.GetVerifyCertificateSpki()) > 0},
		{"verifyCertificateHash", len(tls.GetVerifyCertificateHash()) > 0}, {"caCrl", tls.GetCaCrl() != ""},
		{"caCertCredentialName", tls.GetCaCertCredentialName() != ""}, {"insecureSkipVerify", tls.GetInsecureSkipVerify() != nil},
		{"ecdhCurves", len(tls.GetEcdhCurves()) > 0}, {"alpnProtocols", len(tls.GetAlpnProtocols()) > 0},
	} {
		if f.set {
			c.lost(at.Sub(f.field), f.field+": a listener has no such setting")
		}
	}
}

// writeGateways writes the Gateways, and the routes that redirect to HTTPS.
func (c *converter) writeGateways() {
	for _, g := range c.inOrder {
		if len(g.listeners) == 0 {
			c.remark(Kept, config.At(g.object, ""), named(g.object)+" stays: no server of it can be a listener")
			continue
		}
		var listeners, redirecting []*source.Node
		for _, l := range g.listeners {
			listeners = append(listeners, c.listenerNode(g, l))
			if l.redirects {
				redirecting = append(redirecting, object("name", g.name, "sectionName", l.name))
			}
		}
		spec := object("gatewayClassName", gatewayapi.IstioClass,
			"addresses", []*source.Node{object("type", "Hostname", "value", g.service+"."+g.namespace+".svc."+c.mesh.Settings.Domain)}, "listeners", listeners)
		c.add(gatewayVersion, "Gateway", g.namespace, g.name, spec, g.object)
		c.plan.Replaced[g.object.Doc] = true
		if len(redirecting) > 0 {
			filter := object("type", "RequestRedirect", "requestRedirect", object("scheme", "https", "statusCode", 301))
			name := c.freeName("HTTPRoute", g.namespace, g.name+"-redirect")
			c.add(gatewayVersion, "HTTPRoute", g.namespace, name, object("parentRefs", redirecting, "rules", []*source.Node{object("filters", []*source.Node{filter})}), g.object)
		}
	}
}

func (c *converter) listenerNode(g *gateway, l *listener) *source.Node {
	var from *source.Node
	switch {
	case l.redirects, l.namespace == g.namespace:
	case l.namespace == "*":
		from = object("from", "All")
	default:
		from = object("from", "Selector", "selector", object("matchLabels", object("kubernetes.io/metadata.name", l.namespace)))
	}
	out := object("name", l.name, "port", l.port, "protocol", l.protocol)
	if l.host != "*" {
		out = out.With("hostname", source.Text(l.host))
	}
	if l.tls != nil {
		out = out.With("tls", l.tls)
	}
	if from != nil {
		out = out.With("allowedRoutes", object("namespaces", from))
	}
	return out
}
