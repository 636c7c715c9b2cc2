package envoy

import (
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
)

// metadataOrigins finds the origins that the resources name themselves: the field config of the filter metadata "istio".
func metadataOrigins(s *Snapshot) Origins {
	out := Origins{}
	for _, l := range s.Listeners {
		out.name(Listener(l.GetName()), l.GetMetadata())
		for i, chain := range l.GetFilterChains() {
			out.name(FilterChain(l.GetName(), i), chain.GetMetadata())
		}
	}
	for _, table := range s.Routes {
		for _, host := range table.GetVirtualHosts() {
			for i, route := range host.GetRoutes() {
				out.name(Route(table.GetName(), host.GetName(), i), route.GetMetadata())
			}
		}
	}
	for _, c := range s.Clusters {
		out.name(Cluster(c.GetName()), c.GetMetadata())
	}
	return out
}

func (o Origins) name(at Addr, m *corev3.Metadata) {
	config := m.GetFilterMetadata()["istio"].GetFields()["config"].GetStringValue()
	if object, ok := parseObject(config); ok {
		o.Add(at, Origin{Object: object, Role: Defines})
	}
}

// parseObject reads "/apis/networking.istio.io/v1/namespaces/default/virtual-service/reviews".
func parseObject(config string) (Object, bool) {
	parts := strings.Split(config, "/")
	if len(parts) != 8 || parts[1] != "apis" || parts[4] != "namespaces" {
		return Object{}, false
	}
	var kind strings.Builder
	for _, word := range strings.Split(parts[6], "-") {
		if word != "" {
			kind.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return Object{Kind: kind.String(), Namespace: parts[5], Name: parts[7]}, true
}
