package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/mesh"
)

// outboundKinds are the kinds of sidecars of one world: those of one kind are sent the same for their outbound traffic.
type outboundKinds []outboundKind

// An outboundKind is what was read of its first proxy, and the EnvoyFilters that are attached to each.
type outboundKind struct {
	reads   []*mesh.Reads
	patches string
}

// of names the kind of a proxy, which is a new one where the proxy differs from all before in something that was read of them.
func (k *outboundKinds) of(e *engine) string {
	patches := attachedFilters(e.view)
	i := slices.IndexFunc(*k, func(kind outboundKind) bool {
		return kind.patches == patches && !slices.ContainsFunc(kind.reads, func(r *mesh.Reads) bool {
			_, same := r.Agree(e.view, 0)
			return !same
		})
	})
	if i < 0 {
		i = len(*k)
		*k = append(*k, outboundKind{e.unpatched.OutboundReads(), patches})
	}
	return fmt.Sprint(i)
}

// attachedFilters are the EnvoyFilters of a proxy, with what their patches may ask of it.
func attachedFilters(v *mesh.View) string {
	filters := mesh.EnvoyFilters(v)
	if len(filters) == 0 {
		return ""
	}
	p := v.Proxy().All()
	names := []string{fmt.Sprint(p.Version, p.Metadata)}
	for _, o := range filters {
		names = append(names, o.Namespace+"/"+o.Name)
	}
	return strings.Join(names, " ")
}
