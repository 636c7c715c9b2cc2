package mesh

import (
	"strconv"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/source"
)

// tlsModeOf is the mode of a PeerAuthentication.
type tlsModeOf = security.PeerAuthentication_MutualTLS_Mode

// The modes of a PeerAuthentication.
const (
	unset      = security.PeerAuthentication_MutualTLS_UNSET
	permissive = security.PeerAuthentication_MutualTLS_PERMISSIVE
)

// peers are the PeerAuthentications of the mesh: of each namespace at most one that selects all workloads, and those
// that select some.
type peers struct {
	root      string
	general   map[string]*config.Object   // by namespace; the root namespace's is the mesh's
	selecting map[string][]*config.Object // by namespace, the oldest first
	ignored   []config.Ignored
}

func readPeers(r *registry.Registry) peers {
	x := peers{root: r.Settings.Config.RootNamespace, general: map[string]*config.Object{}, selecting: map[string][]*config.Object{}}
	for _, o := range r.Objects("PeerAuthentication") {
		spec := config.Spec[*security.PeerAuthentication](o)
		first := x.general[o.Namespace]
		switch {
		case spec == nil:
		case len(spec.GetSelector().GetMatchLabels()) > 0:
			x.selecting[o.Namespace] = append(x.selecting[o.Namespace], o)
		case first == nil:
			x.general[o.Namespace] = o
		default:
			x.ignored = append(x.ignored, config.Ignored{Object: o, Field: "", Reason: first.Name + " is older and already serves all workloads of the namespace"})
		}
	}
	return x
}

// workload returns the policy that selects a workload, the oldest of several. One in the root namespace never does.
func (x peers) workload(namespace string, labels map[string]string) *config.Object {
	if namespace == x.root {
		return nil
	}
	for _, o := range x.selecting[namespace] {
		if registry.Selects(config.Spec[*security.PeerAuthentication](o).Selector.MatchLabels, labels) {
			return o
		}
	}
	return nil
}

// mode returns the mode in force at a port of a workload (0: outside any port of its own), and where it is written.
func (x peers) mode(namespace string, labels map[string]string, port uint32) (tlsModeOf, config.Place) {
	own := x.workload(namespace, labels)
	if own != nil {
		at := config.At(own, source.Join("spec.portLevelMtls", strconv.FormatUint(uint64(port), 10)))
		if m := config.Spec[*security.PeerAuthentication](own).PortLevelMtls[port].GetMode(); m != unset {
			return m, at
		}
	}
	return firstMode(own, x.general[namespace], x.general[x.root])
}

// assumed returns the mode of a namespace, or the mesh, outside any workload, and where it is written.
func (x peers) assumed(namespace string) (tlsModeOf, config.Place) {
	return firstMode(x.general[namespace], x.general[x.root])
}

// firstMode returns the mode of the first policy that sets one, and where; the default is permissive.
func firstMode(policies ...*config.Object) (tlsModeOf, config.Place) {
	for _, o := range policies {
		if m := modeOf(o); m != unset {
			return m, config.Place{Object: o, Field: "spec.mtls.mode"}
		}
	}
	return permissive, config.Place{}
}

func modeOf(o *config.Object) tlsModeOf {
	if o == nil {
		return unset
	}
	return config.Spec[*security.PeerAuthentication](o).GetMtls().GetMode()
}
