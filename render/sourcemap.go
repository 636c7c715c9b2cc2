package render

import (
	"fmt"
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protopath"
	"google.golang.org/protobuf/reflect/protorange"
	"google.golang.org/protobuf/reflect/protoreflect"

	"sem.example/internal/envoy"
)

// An Entry of the source map leads from a resource, or a part of one, to the fields that it was made from.
type Entry struct {
	Address string  `json:"address"`
	Origins []Place `json:"origins"` // the deciding one first
}

// A Place is a field of a document.
type Place struct {
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`   // from 1
	Column    int    `json:"column,omitempty"` // from 1, in characters
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Field     string `json:"field,omitempty"`
	Role      string `json:"role"`
	Note      string `json:"note,omitempty"` // why the field has no effect, where it lost
}

// SourceMap lists the addresses of the resources that pass the filter, and of their parts, in order.
func SourceMap(from envoy.Lists, origins envoy.Origins, f Filter) []Entry {
	chosen, passing := map[envoy.Addr]bool{}, newChooser(f, from)
	for _, t := range f.types() {
		list := passing.list(t)
		for i := range list.Len {
			if m := list.At(i); m != nil {
				for _, at := range addresses(m) {
					chosen[at] = true
				}
			}
		}
	}
	var out []Entry
	for at, o := range origins {
		if within(at, chosen) {
			out = append(out, entry(at, o))
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(a.Address, b.Address) })
	return out
}

// addresses are those of a resource and of the route tables that are inline in it.
func addresses(m proto.Message) []envoy.Addr {
	switch m := m.(type) {
	case *listenerv3.Listener:
		out := []envoy.Addr{envoy.Listener(m.GetName())}
		for _, table := range inlineRoutes(m) {
			out = append(out, envoy.RouteConfig(table.GetName()))
		}
		return out
	case *routev3.RouteConfiguration:
		return []envoy.Addr{envoy.RouteConfig(m.GetName())}
	default:
		return []envoy.Addr{envoy.Cluster(nameOf(m))}
	}
}

func inlineRoutes(l *listenerv3.Listener) []*routev3.RouteConfiguration {
	var out []*routev3.RouteConfiguration
	// The callback returns no error, and an extension of unknown type is not descended into.
	_ = protorange.Range(l.ProtoReflect(), func(p protopath.Values) error {
		if m, ok := p.Index(-1).Value.Interface().(protoreflect.Message); ok {
			if table, ok := m.Interface().(*routev3.RouteConfiguration); ok {
				out = append(out, table)
				return protorange.Break
			}
		}
		return nil
	})
	return out
}

// within reports whether an address is one of those chosen or a part of one. Names may hold slashes themselves, so every
// prefix that ends at a slash is looked up.
func within(at envoy.Addr, chosen map[envoy.Addr]bool) bool {
	if chosen[at] {
		return true
	}
	for i := len(at) - 1; i > 0; i-- {
		if at[i] == '/' && chosen[at[:i]] {
			return true
		}
	}
	return false
}

func entry(at envoy.Addr, origins []envoy.Origin) Entry {
	e := Entry{Address: string(at), Origins: make([]Place, len(origins))}
	for i, o := range origins {
		e.Origins[i] = placeOf(o)
	}
	return e
}

func placeOf(o envoy.Origin) Place {
	p := Place{Kind: o.Object.Kind, Namespace: o.Object.Namespace, Name: o.Object.Name, Field: o.Field, Role: string(o.Role), Note: o.Note}
	at := o.Place().Position()
	p.File, p.Line, p.Column = at.File, at.Line, at.Column
	return p
}

// String is the place as one line: "mesh.yaml:8 defines: VirtualService default/reviews spec.http[0].match[1]".
func (p Place) String() string {
	var out strings.Builder
	if p.File != "" {
		fmt.Fprintf(&out, "%s:%d ", p.File, p.Line)
	}
	fmt.Fprintf(&out, "%s: %s %s/%s", p.Role, p.Kind, p.Namespace, p.Name)
	if p.Field != "" {
		out.WriteString(" " + p.Field)
	}
	if p.Note != "" {
		out.WriteString(" (" + p.Note + ")")
	}
	return out.String()
}
