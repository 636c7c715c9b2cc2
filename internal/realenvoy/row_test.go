package realenvoy_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"

	"sem.example/internal/envoy"
	"sem.example/internal/realenvoy"
	"sem.example/internal/realenvoy/upstream"
	"sem.example/simulate"
)

// A row is a request that was sent to a real Envoy through the network rules of a pod, and what became of it.
type row struct {
	ID       string                `json:"id"`
	Request  simulate.Call         `json:"request"`
	Observed realenvoy.Observation `json:"observed"`
}

// unfit reports whether a row cannot be repeated here.
func (r row) unfit() bool {
	_, rest, _ := strings.Cut(r.Request.URL, "://")
	switch o := r.Observed; {
	case r.Request.URL != "" && !strings.Contains(rest, "/"):
		return true // the request line had a path without a slash, which the URL cannot express
	case strings.Contains(r.Request.Address, ":") && (o.ResponseFlags == "UH" || o.ResponseFlags == "URX"):
		return true // the pod had no IPv6 addresses of names, nor the address ::6
	case strings.HasPrefix(o.UpstreamHost, "/"):
		return true // the socket was not there
	case o.ResponseFlags == "DI":
		return true // a delay that strikes one request in a hundred
	}
	return r.misfiled()
}

// misfiled reports whether the log that was recorded belongs to another connection: to another port or direction.
func (r row) misfiled() bool {
	o := r.Observed
	if r.Request.Direction != "outbound" {
		return false
	}
	suffix := fmt.Sprintf("_%d", r.Request.Port)
	switch {
	case o.Listener == "virtualInbound":
		return true
	case o.Listener == "virtualOutbound":
		return o.Upstream != nil && o.Upstream.TLS != nil && o.Upstream.TLS.ClientCertificate
	}
	return o.Listener != "" && !strings.HasSuffix(o.Listener, suffix)
}

// differences names the fields in which an observation is not what was observed in a pod.
func (r row) differences(got realenvoy.Observation, endpoints map[string]bool) []string {
	var out []string
	check := func(what string, same bool) {
		if !same {
			out = append(out, what)
		}
	}
	want := r.Observed
	if !want.Unlogged {
		check("listener", got.Listener == want.Listener)
		check("filter chain", got.FilterChain == want.FilterChain)
	}
	check("route table", got.RouteConfig == want.RouteConfig)
	check("virtual host", got.VirtualHost == want.VirtualHost)
	check("route", got.Route == want.Route && got.RouteIndex == want.RouteIndex)
	check("cluster", got.Cluster == want.Cluster || want.Unlogged)
	check("status", got.Status == want.Status || refusedByGo(got))
	check("flags", got.ResponseFlags == want.ResponseFlags || want.Unlogged || refusedByGo(got))
	check("failure", (got.Error != "") == (want.Error != ""))
	check("location", got.ResponseHeaders["location"] == want.ResponseHeaders["location"])
	if want.Error == "" && r.Request.Method != "HEAD" { // the pod's client knew of the upstream only what was in its answer
		check("upstream", (got.Upstream != nil) == (want.Upstream != nil))
	}
	if got.Upstream != nil && want.Upstream != nil {
		out = append(out, upstreamDifferences(*got.Upstream, *want.Upstream)...)
		// Any endpoint of the cluster will do: which one is a matter of chance, or of a hash of its address.
		check("upstream address", sameEndpoint(*got.Upstream, *want.Upstream) || endpoints[got.Cluster+" "+want.UpstreamHost])
	}
	return out
}

// refusedByGo reports whether the upstream's TLS library refused the server name, because it ends in a dot.
func refusedByGo(o realenvoy.Observation) bool {
	return o.Upstream != nil && o.Upstream.TLS != nil && strings.HasSuffix(o.Upstream.TLS.SNI, ".")
}

func sameEndpoint(got, want upstream.Received) bool {
	return realenvoy.SameAddress(got.Address, want.Address) && got.Port == want.Port
}

// endpointsOf holds, for each cluster, its name and the address of each endpoint as Envoy logs it.
func endpointsOf(s *envoy.Snapshot) map[string]bool {
	out := map[string]bool{}
	add := func(cluster string, load *endpointv3.ClusterLoadAssignment) {
		for _, group := range load.GetEndpoints() {
			for _, e := range group.GetLbEndpoints() {
				for _, address := range dialled(e.GetEndpoint().GetAddress()) {
					out[cluster+" "+address] = true
				}
			}
		}
	}
	for _, c := range s.Clusters {
		add(c.GetName(), c.GetLoadAssignment())
	}
	for _, e := range s.Endpoints {
		add(e.GetClusterName(), e)
	}
	return out
}

// dialled are the forms in which an endpoint's address may be logged: for a name, the addresses that DNS gave to it.
func dialled(a *corev3.Address) []string {
	name, port, err := net.SplitHostPort(envoy.HostPort(a))
	if _, ip := netip.ParseAddr(name); err != nil || ip == nil {
		return []string{envoy.HostPort(a)}
	}
	var out []string
	for _, ip := range realenvoy.NameAddresses(name) {
		out = append(out, net.JoinHostPort(ip, port))
	}
	return out
}

func upstreamDifferences(got, want upstream.Received) []string {
	var out []string
	check := func(what string, same bool) {
		if !same {
			out = append(out, what)
		}
	}
	check("TLS", (got.TLS != nil) == (want.TLS != nil))
	if got.TLS != nil && want.TLS != nil {
		check("SNI", got.TLS.SNI == want.TLS.SNI)
		check("ALPN", strings.Join(got.TLS.ALPN, ",") == strings.Join(want.TLS.ALPN, ","))
		if strings.HasSuffix(got.TLS.SNI, ".") {
			return out
		}
		check("client certificate", got.TLS.ClientCertificate == want.TLS.ClientCertificate)
	}
	check("protocol", got.Protocol == want.Protocol)
	check("path", got.Path == want.Path)
	check("authority", got.Authority == want.Authority)
	check("method", got.Method == want.Method)
	for name, value := range want.Headers {
		if name == "x-forwarded-client-cert" { // holds the certificate itself
			continue
		}
		check("header "+name, strings.Contains(got.Headers[name], value))
	}
	return out
}
