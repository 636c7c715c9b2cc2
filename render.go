package sem

import (
	"fmt"
	"io"
	"slices"

	"sem.example/internal/envoy"
	"sem.example/render"
)

// RenderOptions choose the resources that are written: those for which all that is set holds.
type RenderOptions struct {
	Types  []string // listeners, routes, clusters, endpoints; none is all
	Name   string   // the whole name of the resource
	Port   uint32   // of a listener or route table; of the service, of a cluster and its endpoints
	FQDN   string   // the full host of the service: a cluster's own, one that a listener or route table leads to
	Subset string   // likewise

	Annotate  bool // write the file and line behind each resource into its metadata
	SourceMap bool // add the list of addresses with the fields behind them
}

func (o RenderOptions) filter() (render.Filter, error) {
	f := render.Filter{Name: o.Name, Port: o.Port, FQDN: o.FQDN, Subset: o.Subset}
	for _, name := range o.Types {
		t := envoy.Type(name)
		if !slices.Contains(envoy.Types, t) {
			return f, fmt.Errorf("unknown type %q: use listeners, routes, clusters or endpoints", name)
		}
		f.Types = append(f.Types, t)
	}
	return f, nil
}

// Render writes the Envoy resources that a proxy would receive, as "sem render" does: one JSON document with listeners, routes,
// clusters and endpoints. [Mesh.NotModelled] says what is missing from them.
func (m *Mesh) Render(w io.Writer, p Proxy, o RenderOptions) error {
	filter, err := o.filter()
	if err != nil {
		return err
	}
	c, err := m.world.Compile(p)
	if err != nil {
		return err
	}
	options := render.Options{Filter: filter, Annotate: o.Annotate, SourceMap: o.SourceMap}
	if !o.Annotate && !o.SourceMap {
		return render.JSON(w, c, options)
	}
	whole := c.Snapshot()
	options.Origins = whole.Origins
	return render.JSON(w, whole, options)
}

// Bootstrap writes one static configuration that a stock Envoy runs as it is. It returns what is left out, because only Istio's
// own proxy understands it, a line each. Where a folder of certificates is given, self-signed ones for those that are absent are written to it.
func (m *Mesh) Bootstrap(w io.Writer, p Proxy, certificates string) (leftOut []string, err error) {
	c, err := m.world.Compile(p)
	if err != nil {
		return nil, err
	}
	return render.Bootstrap(w, c.Resources(), render.BootstrapOptions{Certs: certificates, SelfSigned: certificates != ""})
}

// NotModelled returns what of the input would change the configuration of a proxy and is not modelled, a line each.
func (m *Mesh) NotModelled(p Proxy) ([]string, error) {
	c, err := m.world.Compile(p)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, n := range c.NotModelled() {
		out = append(out, n.What+": "+n.Reason)
	}
	return out, nil
}
