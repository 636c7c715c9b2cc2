package compile

// ServerPorts returns the ports of the servers, as the Gateways write them, that are served at a port of the gateway.
func (c *Compiler) ServerPorts(listener uint32) []uint32 {
	var out []uint32
	for _, g := range c.gateway.servers().groups {
		for _, s := range g.servers {
			if s.port == listener {
				out = append(out, s.GetPort().GetNumber())
			}
		}
	}
	return out
}
