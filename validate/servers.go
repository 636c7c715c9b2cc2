package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// A server is one server of a Gateway.
type server struct {
	place
	*networking.Server
}

// host is where one of its hosts stands.
func (v server) host(i int) place {
	return place{v.object, source.Index(v.field+".hosts", i)}
}

// serversOf returns the servers of a Gateway.
func serversOf(o *config.Object) []server {
	var all []server
	for i, v := range config.Spec[*networking.Gateway](o).GetServers() {
		if v != nil {
			all = append(all, server{place{o, source.Index("spec.servers", i)}, v})
		}
	}
	return all
}

// gateway returns a Gateway by its full name, or nil.
func (s *Scope) gateway(full string) *config.Object {
	namespace, base, _ := strings.Cut(full, "/")
	return s.Mesh.Object("Gateway", namespace, base)
}

// protocol is what the server speaks.
func (v server) protocol() mesh.Protocol { return mesh.ParseProtocol(v.GetPort().GetProtocol()) }

// terminates says whether the server decrypts TLS.
func (v server) terminates() bool {
	if v.GetTls() == nil || !v.protocol().IsTLS() {
		return false
	}
	mode := v.GetTls().GetMode()
	return mode != networking.ServerTLSSettings_PASSTHROUGH && mode != networking.ServerTLSSettings_AUTO_PASSTHROUGH
}

// family is the list of rules of a VirtualService that the server takes; "" if it routes by itself.
func (v server) family() string {
	switch p := v.protocol(); {
	case p.IsHTTP(), strings.EqualFold(v.GetPort().GetProtocol(), "HTTPS") && v.terminates():
		return "http"
	case v.GetTls().GetMode() == networking.ServerTLSSettings_AUTO_PASSTHROUGH:
		return ""
	case p.IsTLS() && !v.terminates():
		return "tls"
	}
	return "tcp"
}

// A serverHost is a host of a server: "namespace/name" limits the VirtualServices that may use it.
type serverHost struct{ namespace, name string }

func (v server) hostAt(i int) serverHost {
	namespace, name, limited := strings.Cut(v.GetHosts()[i], "/")
	switch {
	case !limited:
		return serverHost{"*", v.GetHosts()[i]}
	case namespace == ".":
		return serverHost{v.object.Namespace, name}
	}
	return serverHost{namespace, name}
}

// admits says whether rules of a namespace may use the host.
func (h serverHost) admits(namespace string) bool {
	return h.namespace == "*" || h.namespace == namespace
}

// takes says whether the server takes a host of rules of a namespace.
func (v server) takes(host, namespace string) bool {
	for i := range v.GetHosts() {
		if h := v.hostAt(i); h.admits(namespace) && mesh.Overlap(h.name, host) {
			return true
		}
	}
	return false
}

// serves says whether a Gateway has a server for one of the hosts that speaks HTTP, or HTTPS.
func (s *Scope) serves(gateway, scheme string, o *config.Object, hosts []string) bool {
	g := s.gateway(gateway)
	if g == nil {
		return false
	}
	return slices.ContainsFunc(serversOf(g), func(v server) bool {
		return v.family() == "http" && v.terminates() == (scheme == "https") && !v.GetTls().GetHttpsRedirect() &&
			slices.ContainsFunc(hosts, func(h string) bool { return v.takes(h, o.Namespace) })
	})
}

// gatewaysBehind returns the Gateways for the workloads that a Kubernetes Service selects.
func (s *Scope) gatewaysBehind(svc *mesh.Service) []*config.Object {
	return slices.DeleteFunc(s.selecting(svc.Selector), func(o *config.Object) bool {
		return len(config.Spec[*networking.Gateway](o).GetSelector()) == 0 // it is for all gateways, of which this may be none
	})
}

// selecting returns the Gateways whose selector picks workloads with the labels, the oldest first. One without a selector picks all.
func (s *Scope) selecting(labels map[string]string) []*config.Object {
	gateways := s.gateways.get(s.indexGateways)
	found := slices.Clone(gateways[""])
	for _, label := range pairs(labels) {
		for _, o := range gateways[label] {
			if has(labels, config.Spec[*networking.Gateway](o).GetSelector()) {
				found = append(found, o)
			}
		}
	}
	slices.SortStableFunc(found, config.Compare)
	return found
}

// indexGateways files each Gateway under the label of its selector that the fewest have, or under "".
func (s *Scope) indexGateways() map[string][]*config.Object {
	count := map[string]int{}
	for _, o := range s.Mesh.Objects("Gateway") {
		for _, label := range pairs(config.Spec[*networking.Gateway](o).GetSelector()) {
			count[label]++
		}
	}
	index := map[string][]*config.Object{}
	for _, o := range s.Mesh.Objects("Gateway") {
		rarest := ""
		for _, label := range pairs(config.Spec[*networking.Gateway](o).GetSelector()) {
			if rarest == "" || count[label] < count[rarest] {
				rarest = label
			}
		}
		index[rarest] = append(index[rarest], o)
	}
	return index
}
