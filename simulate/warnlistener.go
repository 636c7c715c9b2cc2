package simulate

import (
	"fmt"
)

// serverFirstPorts are those of well-known protocols in which the server speaks first.
var serverFirstPorts = map[uint16]string{21: "FTP", 25: "SMTP", 110: "POP3", 143: "IMAP", 587: "SMTP", 3306: "MySQL"}

// serverFirst is a connection that stalls: the proxy waits for the client's first bytes, to tell what they are, while
// the client waits for the server's.
func serverFirst(r *run, _ *outcome) *trapped {
	port := r.conn.destination.Port()
	protocol := serverFirstPorts[port]
	if protocol == "" || r.conn.tls || r.conn.inner != payload || r.listener == nil || !r.listener.inspects(uint32(port)) {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the proxy waits %s for the client's first bytes to tell what protocol they are; with %s (port %d) the server speaks first", r.listener.patience(), protocol, port),
		help:    "declare the protocol of the port (name or appProtocol tcp, mysql, …), so that nothing is detected",
		at:      at(r.listener.addr),
	}
}

// patience is how long listener filters wait for bytes; Envoy's default is 15 seconds, and 0 is no end.
func (l *listener) patience() string {
	switch t := l.proto.GetListenerFiltersTimeout(); {
	case t == nil:
		return "for 15s"
	case duration(t) == "":
		return "without end"
	default:
		return "for " + duration(t)
	}
}

// inspects says whether a listener filter reads the first bytes of connections to a port.
func (l *listener) inspects(port uint32) bool {
	return anyOf(l.inspectors, func(f inspector) bool {
		return (f.kind == "HttpInspector" || f.kind == "TlsInspector") && !f.off(port)
	})
}
