package envoytest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
)

// A door is an address of the pod that connections come in by: a network address, or a Unix socket.
type door struct {
	listener string
	address  netip.AddrPort // as the resources have it, an unspecified address for every address of the pod
	pipe     string         // the path of the socket, instead of an address
	at       netip.AddrPort // where Envoy listens in its place
}

// doorsOf returns the addresses of a listener that has some of its own.
func doorsOf(l *listenerv3.Listener) []door {
	if !bound(l) {
		return nil
	}
	var out []door
	for _, a := range envoy.Addresses(l) {
		d := door{listener: l.GetName(), pipe: a.GetPipe().GetPath()}
		if address, err := netip.ParseAddr(a.GetSocketAddress().GetAddress()); err == nil {
			d.address = netip.AddrPortFrom(address, uint16(a.GetSocketAddress().GetPortValue()))
		}
		out = append(out, d)
	}
	return out
}

// open learns on which ports Envoy listens.
func (p *Proxy) open(ctx context.Context, doors []door) error {
	ports, err := p.process.ports(ctx)
	if err != nil {
		return err
	}
	for _, d := range doors {
		port, ok := ports[d.listener]
		if !ok {
			return fmt.Errorf("Envoy does not listen for %s", d.listener)
		}
		d.at = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
		p.doors = append(p.doors, d)
	}
	return nil
}

// ErrRefused says that nobody listens where a call goes: the application would see its connection refused.
var ErrRefused = errors.New("connection refused: no listener is bound there")

// door returns where a connection to a destination really goes in: what the pod's network rules redirect goes to the
// virtual listeners, the rest to the listener of that port.
func (p *Proxy) door(direction string, destination netip.AddrPort) (netip.AddrPort, error) {
	wanted := map[string]string{"outbound": "virtualOutbound", "inbound": "virtualInbound"}[direction]
	otherwise := netip.AddrPort{}
	for _, d := range p.doors {
		switch {
		case d.address == destination:
			return d.at, nil
		case d.listener == wanted,
			wanted == "" && d.address.Addr().IsUnspecified() && d.address.Port() == destination.Port():
			otherwise = d.at
		}
	}
	if !otherwise.IsValid() {
		return otherwise, ErrRefused
	}
	return otherwise, nil
}

// socket returns where a connection to a Unix socket really goes in.
func (p *Proxy) socket(path string) (netip.AddrPort, error) {
	for _, d := range p.doors {
		if d.pipe == path {
			return d.at, nil
		}
	}
	return netip.AddrPort{}, ErrRefused
}
