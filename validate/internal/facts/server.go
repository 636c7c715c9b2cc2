package facts

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// A Server is one server of a Gateway.
type Server struct {
	Place
	*networking.Server
}

// HostPlace is where one of its hosts stands.
func (v Server) HostPlace(i int) Place {
	return v.Sub("hosts").Item(i)
}

// Protocol is what the server speaks.
func (v Server) Protocol() mesh.Protocol { return mesh.ParseProtocol(v.GetPort().GetProtocol()) }

// Terminates reports whether the server decrypts TLS.
func (v Server) Terminates() bool {
	if v.GetTls() == nil || !v.Protocol().IsTLS() {
		return false
	}
	mode := v.GetTls().GetMode()
	return mode != networking.ServerTLSSettings_PASSTHROUGH && mode != networking.ServerTLSSettings_AUTO_PASSTHROUGH
}

// RuleKind is the list of rules of a VirtualService that the server takes; "" if it routes by itself.
func (v Server) RuleKind() string {
	switch p := v.Protocol(); {
	case p.IsHTTP(), strings.EqualFold(v.GetPort().GetProtocol(), "HTTPS") && v.Terminates():
		return "http"
	case v.GetTls().GetMode() == networking.ServerTLSSettings_AUTO_PASSTHROUGH:
		return ""
	case p.IsTLS() && !v.Terminates():
		return "tls"
	}
	return "tcp"
}

// A ServerHost is a host of a server: "namespace/name" limits the VirtualServices that may use it.
type ServerHost struct{ Namespace, Name string }

// HostAt returns one of its hosts with the namespace that may use it.
func (v Server) HostAt(i int) ServerHost {
	namespace, name, limited := strings.Cut(v.GetHosts()[i], "/")
	switch {
	case !limited:
		return ServerHost{"*", v.GetHosts()[i]}
	case namespace == ".":
		return ServerHost{v.Object.Namespace, name}
	}
	return ServerHost{namespace, name}
}

// Admits reports whether rules of a namespace may use the host.
func (h ServerHost) Admits(namespace string) bool {
	return h.Namespace == "*" || h.Namespace == namespace
}

// Takes reports whether the server takes a host of rules of a namespace.
func (v Server) Takes(host, namespace string) bool {
	for i := range v.GetHosts() {
		if h := v.HostAt(i); h.Admits(namespace) && mesh.Overlap(h.Name, host) {
			return true
		}
	}
	return false
}

// Connections is how a server tells connections apart, which all servers of a port have to do in the same way.
func (v Server) Connections() string {
	switch p := v.Protocol(); {
	case p.IsHTTP():
		return "HTTP"
	case p.IsTLS():
		return "TLS"
	}
	return "TCP"
}

// DemandsMutual reports whether a server takes nothing but certificates of the mesh.
func (v Server) DemandsMutual() bool {
	return v.Connections() == "TLS" && v.GetTls().GetMode() == networking.ServerTLSSettings_ISTIO_MUTUAL
}

// TakesMutual reports whether a server may take a connection with a certificate of the mesh: one that passes TLS through leaves that
// to whoever is behind it.
func (v Server) TakesMutual() bool {
	return v.Connections() != "HTTP" && (v.DemandsMutual() || !v.Terminates())
}

// TakesServerName reports whether a server takes a server name.
func (v Server) TakesServerName(sni string) bool {
	return slices.ContainsFunc(v.GetHosts(), func(h string) bool { return mesh.Covers(ServerHostName(h), sni) })
}

// ServerHostName is a server's host without its namespace.
func ServerHostName(host string) string {
	if _, name, limited := strings.Cut(host, "/"); limited {
		return name
	}
	return host
}

// ServersOf returns the servers of a Gateway.
func ServersOf(o *config.Object) []Server {
	var all []Server
	for i, v := range config.Spec[*networking.Gateway](o).GetServers() {
		if v != nil {
			all = append(all, Server{At(o, "spec.servers").Item(i), v})
		}
	}
	return all
}
