package render

import (
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/envoy"
)

// listener puts route tables inline, secrets into files, and removes what a stock Envoy does not know.
func (c converter) listener(l *listenerv3.Listener) {
	envoy.Edit(l, func(part proto.Message) {
		c.inline(part)
		c.leftOut.removeExtensions(part)
		switch part := part.(type) {
		case *hcmv3.HttpConnectionManager:
			c.routeTable(part)
		case *tlsv3.CommonTlsContext:
			c.certs.secrets(part)
		}
	})
}

// routeTable replaces the name of a route table by the table. A table that the control plane does not have is empty:
// Envoy answers 404 to whatever asks for it.
func (c converter) routeTable(h *hcmv3.HttpConnectionManager) {
	rds := h.GetRds()
	if rds == nil {
		return
	}
	table, ok := c.routes[rds.GetRouteConfigName()]
	if !ok {
		c.leftOut.add("route table "+rds.GetRouteConfigName(), "named by a listener, but not among the resources")
		table = &routev3.RouteConfiguration{Name: rds.GetRouteConfigName()}
	}
	table = proto.Clone(table).(*routev3.RouteConfiguration)
	envoy.Edit(table, c.leftOut.removeExtensions)
	if table.ValidateClusters == nil {
		// Envoy refuses a static table that names a cluster it does not have, unless told not to. One that is delivered
		// may name it, and requests for it are answered 503.
		table.ValidateClusters = wrapperspb.Bool(false)
	}
	h.RouteSpecifier = &hcmv3.HttpConnectionManager_RouteConfig{RouteConfig: table}
}
