package simulate

import (
	"fmt"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// serverFirstPorts are those of well-known protocols in which the server speaks first.
var serverFirstPorts = map[uint16]string{21: "FTP", 25: "SMTP", 110: "POP3", 143: "IMAP", 587: "SMTP", 3306: "MySQL"}

// serverFirst is a connection that stalls: the proxy waits for the client's first bytes, to tell what they are, while
// the client waits for the server's.
func serverFirst(r *run, _ *decision.Outcome) *trapped {
	port := r.conn.Destination.Port()
	protocol := serverFirstPorts[port]
	if protocol == "" || r.conn.TLS || r.conn.Inner != call.Payload || r.listener == nil || !r.listener.Inspects(uint32(port)) {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the proxy waits %s for the client's first bytes to tell what protocol they are; with %s (port %d) the server speaks first", r.listener.Patience(), protocol, port),
		help:    "declare the protocol of the port (name or appProtocol tcp, mysql, …), so that nothing is detected",
		at:      decision.At(r.listener.Addr),
	}
}
