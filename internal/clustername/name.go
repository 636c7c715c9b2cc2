// Package clustername reads and writes the names that istiod gives to clusters. It is the one home of their forms, and
// imports nothing, so the checks may use it as well as what builds and interprets Envoy's resources.
package clustername

import (
	"strconv"
	"strings"
)

// A Name is what istiod writes into the name of a cluster: which way the traffic goes, and to which port, subset and
// host. Its forms are
//
//	outbound|80||reviews.default.svc.cluster.local       a port of a service
//	outbound|80|v1|reviews.default.svc.cluster.local     a port of a subset
//	outbound_.80_._.reviews.default.svc.cluster.local    either of them as a server name (SNI) of mesh-internal TLS
//	outbound_.80_.v1_.reviews.default.svc.cluster.local
//	inbound|8080||                                       a port of the proxy's own workload
//
// Other clusters, such as PassthroughCluster, have names without parts.
type Name struct {
	Direction string // "outbound" or "inbound"
	Port      uint32
	Subset    string // "" for the whole service
	Host      string // "" for the proxy's own workload
	SNI       bool   // written as a server name
}

// The separators of the parts of a cluster's name.
const (
	clusterSeparator = "|"
	sniSeparator     = "_."
)

// Outbound is the name of the cluster of a service's port, of a subset of it where that is not "".
func Outbound(port uint32, subset, host string) Name {
	return Name{Direction: "outbound", Port: port, Subset: subset, Host: host}
}

// Inbound is the name of the cluster of a port of the proxy's own workload.
func Inbound(port uint32) Name { return Name{Direction: "inbound", Port: port} }

// ServerName is the name as mesh-internal TLS sends it for a server name.
func (n Name) ServerName() string { n.SNI = true; return n.String() }

// Inbound reports whether the cluster is one of the proxy's own workload.
func (n Name) Inbound() bool { return n.Direction == "inbound" }

// String writes the name in the form that it has.
func (n Name) String() string {
	separator := clusterSeparator
	if n.SNI {
		separator = sniSeparator
	}
	return n.Direction + separator + strconv.Itoa(int(n.Port)) + separator + n.Subset + separator + n.Host
}

// Parse takes a name apart. It reports false for a name that has no such parts.
func Parse(name string) (Name, bool) {
	for _, separator := range []string{clusterSeparator, sniSeparator} {
		direction, rest, _ := strings.Cut(name, separator)
		number, rest, _ := strings.Cut(rest, separator)
		subset, host, whole := strings.Cut(rest, separator)
		if !whole {
			continue
		}
		if port, err := strconv.ParseUint(number, 10, 16); err == nil {
			return Name{direction, uint32(port), subset, host, separator == sniSeparator}, true
		}
	}
	return Name{}, false
}
