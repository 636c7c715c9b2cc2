package simulate

import (
	"slices"

	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"sem.example/internal/envoy"
)

// alpnFilter is the type of Istio's filter that overrides ALPN towards the upstream.
const alpnFilter = "type.googleapis.com/istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig"

// newALPN reads what Istio's filter offers upstream, by the protocol that the upstream is spoken to.
func newALPN(m *hcmv3.HttpConnectionManager) map[string][]string {
	out := map[string][]string{}
	for _, f := range m.GetHttpFilters() {
		if envoy.TypeOf(f.GetTypedConfig()) != alpnFilter {
			continue
		}
		for _, o := range envoy.Fields(f.GetTypedConfig())["alpnOverride"].GetListValue().GetValues() {
			fields := o.GetStructValue().GetFields()
			for _, p := range fields["alpnOverride"].GetListValue().GetValues() {
				key := fields["upstreamProtocol"].GetStringValue()
				out[key] = append(out[key], p.GetStringValue())
			}
		}
	}
	return out
}

// overrideALPN offers the upstream what Istio's filter says, unless the cluster wants its own.
func (x *exchange) overrideALPN(w *way) {
	if w.tls == nil || w.tls.OriginatedBy != byProxy || len(x.manager.alpn) == 0 || w.cluster.keepsALPN() {
		return
	}
	protocol := "HTTP11"
	if w.cluster.speaksHTTP2(x.req.version) {
		protocol = "HTTP2"
	}
	if offer := x.manager.alpn[protocol]; offer != nil {
		w.tls.ALPN = slices.Clone(offer)
	}
}

// keepsALPN says whether the cluster's own ALPN is not to be overridden.
func (c *cluster) keepsALPN() bool {
	return c.proto.GetMetadata().GetFilterMetadata()["istio"].GetFields()["alpn_override"].GetStringValue() == "false"
}
