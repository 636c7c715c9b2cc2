package compile

import "sem.example/internal/compile/proxy"

// ListenPort is the port of the proxy, or of its workload, for a port that clients or Gateways name: the target of the
// first service of the proxy that has this port, or the port itself.
func (c *Compiler) ListenPort(number uint32) uint32 {
	if t := proxy.TargetOnPort(c.view, number); t != nil {
		return t.Number
	}
	return number
}

// ServerPorts returns the ports of the servers, as the Gateways write them, that are served at a port of the gateway.
func (c *Compiler) ServerPorts(listener uint32) []uint32 { return c.gateway.ServerPorts(listener) }
