package registry

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/mesh/settings"
)

// networks tells the network that an address belongs to.
type networks struct {
	system string         // of the root namespace's label; it serves all workloads without a network of their own
	ranges []networkRange // the widest first, which counts
}

type networkRange struct {
	prefix  netip.Prefix
	network string
}

// networks reads the network of the root namespace and the address ranges of the mesh's networks.
func readNetworks(store *ConfigStore, settings settings.Settings) networks {
	var out networks
	for _, o := range store.Objects("Namespace") {
		if o.Name == settings.Config.RootNamespace {
			out.system = o.Labels[labelNetwork]
		}
	}
	configured := settings.Networks.GetNetworks()
	for _, name := range slices.Sorted(maps.Keys(configured)) {
		for _, e := range configured[name].Endpoints {
			if prefix, err := netip.ParsePrefix(e.GetFromCidr()); err == nil {
				out.ranges = append(out.ranges, networkRange{prefix, name})
			}
			if e.GetFromRegistry() == settings.Cluster {
				out.system = cmp.Or(out.system, name)
			}
		}
	}
	slices.SortStableFunc(out.ranges, func(a, b networkRange) int { return cmp.Compare(a.prefix.Bits(), b.prefix.Bits()) })
	return out
}

// of returns the network of a workload: that of its labels, else of the root namespace, else of the range its address
// lies in.
func (n networks) of(address string, labels map[string]string) string {
	if network := cmp.Or(labels[labelNetwork], n.system); network != "" {
		return network
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	for _, r := range n.ranges {
		if r.prefix.Contains(ip) {
			return r.network
		}
	}
	return ""
}

// A NetworkGateway is where workloads of another network are reached.
type NetworkGateway struct {
	Network string
	Cluster string // that the gateway stands in; "" where the mesh's networks list its address
	Address string // an IP, or a name that only clusters resolved by DNS can use
	Port    uint32
	Object  *config.Object // the Service; nil where the mesh's networks name the gateway
	Field   string
}
