package realenvoy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
	"sem.example/internal/realenvoy/process"
	"sem.example/internal/realenvoy/rootless"
	"sem.example/simulate"
)

// A listener is an address of the pod that connections come in by: a network address, or a Unix socket.
type listener struct {
	name    string
	address netip.AddrPort // as the resources have it, an unspecified address for every address of the pod
	pipe    string         // the path of the socket, instead of an address
	at      netip.AddrPort // where Envoy listens instead
}

type listeners []listener

// listenersOf returns the addresses that a listener is bound to.
func listenersOf(l *listenerv3.Listener) listeners {
	if !rootless.Bound(l) {
		return nil
	}
	var out listeners
	for _, a := range envoy.Addresses(l) {
		d := listener{name: l.GetName(), pipe: a.GetPipe().GetPath()}
		if address, err := netip.ParseAddr(a.GetSocketAddress().GetAddress()); err == nil {
			d.address = netip.AddrPortFrom(address, uint16(a.GetSocketAddress().GetPortValue()))
		}
		out = append(out, d)
	}
	return out
}

// locate asks a running Envoy on which ports it listens.
func (ls listeners) locate(ctx context.Context, running *process.Process) (listeners, error) {
	ports, err := running.Ports(ctx)
	if err != nil {
		return nil, err
	}
	var out listeners
	for _, l := range ls {
		port, ok := ports[l.name]
		if !ok {
			return nil, fmt.Errorf("Envoy does not listen for %s", l.name)
		}
		l.at = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
		out = append(out, l)
	}
	return out, nil
}

// ErrRefused reports that nothing listens where a call goes: the application would see its connection refused.
var ErrRefused = errors.New("connection refused: no listener is bound there")

// dialled returns the address to dial instead of a call's destination.
func (ls listeners) dialled(call simulate.Call, destination netip.AddrPort) (netip.AddrPort, error) {
	if path, ok := strings.CutPrefix(call.Address, "unix://"); ok {
		return ls.socket(path)
	}
	return ls.address(cmp.Or(call.Direction, "outbound"), destination)
}

// address returns where a connection to a destination goes in: what the pod's network rules redirect goes to the virtual
// listeners, the rest to the listener of that port.
func (ls listeners) address(direction string, destination netip.AddrPort) (netip.AddrPort, error) {
	wanted := map[string]string{"outbound": "virtualOutbound", "inbound": "virtualInbound"}[direction]
	otherwise := netip.AddrPort{}
	for _, l := range ls {
		switch {
		case l.address == destination:
			return l.at, nil
		case l.name == wanted,
			wanted == "" && l.address.Addr().IsUnspecified() && l.address.Port() == destination.Port():
			otherwise = l.at
		}
	}
	if !otherwise.IsValid() {
		return otherwise, ErrRefused
	}
	return otherwise, nil
}

// socket returns where a connection to a Unix socket goes in.
func (ls listeners) socket(path string) (netip.AddrPort, error) {
	for _, l := range ls {
		if l.pipe == path {
			return l.at, nil
		}
	}
	return netip.AddrPort{}, ErrRefused
}
