package outbound

import (
	"strconv"
	"strings"

	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh/routing"
)

// A tableKey is what the name of a sidecar's route table says of it.
type tableKey struct {
	port uint32 // 0 for a table of all ports
	host string // the one service of the table; "" for all that share the listener
}

// parseTable reads the name of a route table: a port, "host:port" for a service whose protocol is detected, the address
// of a Unix socket, or that of the HTTP proxy.
func parseTable(name string) (tableKey, bool) {
	if name == xds.HTTPProxyRoute || strings.HasPrefix(name, xds.UnixPrefix) {
		return tableKey{}, true
	}
	host, number := "", name
	if i := strings.Index(name, ":"); i >= 0 {
		host, number = name[:i], name[i+1:]
	}
	port, err := strconv.ParseUint(number, 10, 16)
	return tableKey{uint32(port), host}, err == nil
}

// An outboundTable is a route table of the sidecar whose virtual hosts are known, each to get its routes when somebody
// asks for it or for the whole.
type outboundTable struct {
	key   tableKey
	Hosts *hostSet
}

// A ruledKey says which routes of a sidecar are the same in all tables: those of a VirtualService at a port for the
// services that are known there.
type ruledKey struct {
	rules    *routing.Rules
	services *portServices
	port     uint32
}
