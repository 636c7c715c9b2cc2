package compile

import (
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// gatewayPorts returns the ports that the gateway proxy listens on, sorted.
func (c *Compiler) gatewayPorts() []uint32 { return nil }

// gatewayListeners builds the listeners of one port, for every address that Gateways bind.
func (c *Compiler) gatewayListeners(port uint32) []*listenerv3.Listener { return nil }

// gatewayRoute builds the route table of an HTTP port or an HTTPS server, or returns nil for an unknown name.
func (c *Compiler) gatewayRoute(name string) *routev3.RouteConfiguration { return nil }
