package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/diff"
	"sem.example/internal/draw"
	"sem.example/internal/explain"
	"sem.example/internal/graph"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/request"
	"sem.example/simulate"
)

const graphHelp = `Graph makes a picture of the mesh: clients, gateways, hosts, rules, subsets,
workloads and hosts outside, with TLS and policies on the arrows and findings as
colours. With a URL, it is the path of one request; with --focus, what requests
through one host, workload, gateway, client or resource touch.

What is alike is shown as one node, and the picture says so; --no-fold shows
each. The picture does not depend on the layout of the files: commit it.`

const graphExample = `  # the mesh; one host; one request
  sem graph -f examples/canary -o svg=mesh.svg
  sem graph -f examples/canary --focus reviews -o png=reviews.png
  sem graph -f examples/canary --from shop/web http://reviews/ -o mermaid

  # for Graphviz
  sem graph -f mesh/ -o dot | dot -Tpdf > mesh.pdf`

type graphCommand struct {
	inputs  inputFlags
	from    []string
	gateway []string
	focus   string
	depth   int
	noFold  bool
	theme   string
	out     stringList
	keep    bool
	search  diff.Limits
}

func newGraph() *cobra.Command {
	var c graphCommand
	cmd := &cobra.Command{
		Use:     "graph [flags] [PATH...] [URL]",
		Short:   "Picture the mesh, or what one host or request touches",
		Long:    graphHelp,
		Example: graphExample,
		RunE:    c.run,
	}
	flags := cmd.Flags()
	flags.StringVar(&c.focus, "focus", "", "only what requests through `NAME` touch: a host, workload, gateway, client or resource")
	flags.IntVar(&c.depth, "depth", 0, "with --focus: at most `N` arrows away (default: all)")
	flags.StringArrayVar(&c.from, "from", nil, "only this client `WORKLOAD`, named as for trace (repeatable)")
	flags.StringArrayVar(&c.gateway, "gateway", nil, "only this `WORKLOAD` of a gateway (repeatable)")
	titled(cmd, "Scope")
	c.inputs.add(cmd)
	addKeepGoing(cmd, &c.keep)
	addSearchLimit(cmd, &c.search)
	flags.VarP(&c.out, "output", "o", "`FORMAT` or FORMAT=FILE: svg, png, dot (Graphviz), mermaid or json (repeatable; default: svg)")
	checkedVar(flags, &c.theme, "theme", isOneOf(draw.Themes...), "`THEME` of the picture: light or dark (default: what the reader prefers; light for png)")
	flags.BoolVar(&c.noFold, "no-fold", false, "show each node, also those that are alike")
	titled(cmd, "Output")
	return cmd
}

func (c *graphCommand) run(cmd *cobra.Command, args []string) error {
	settings, err := useSettings(cmd)
	if err != nil {
		return err
	}
	if len(c.out.values) == 0 {
		c.out.values = []string{"svg"}
	}
	outputs, err := parseOutputs(c.out.values, slices.Sorted(maps.Keys(output.GraphFormats)))
	if err != nil {
		return err
	}
	url, paths, err := c.request(args)
	if err != nil {
		return err
	}
	opts, err := c.inputs.options(cmd, paths)
	if err != nil {
		return err
	}
	world, err := load(cmd, opts)
	if err != nil {
		return err
	}
	if err := refuse(cmd, world, c.keep); err != nil {
		return err
	}
	unread, found := output.Places(world.Found.Unread()), explain.Findings(world, settings.Policy)
	if world, err = oneWorld(cmd, world, c.inputs.worlds.name); err != nil {
		return err
	}
	g, err := c.graph(world, url, settings.Policy)
	if err != nil {
		return err
	}
	g.Unread = unread
	g.AddFindings(found)
	if err := c.narrow(g); err != nil {
		return err
	}
	return emit(cmd, outputs, func(format string, look output.Look, to *bytes.Buffer) error {
		if format == "png" && look.Terminal {
			return errors.New("a PNG is not for terminals: write it to a file, as in -o png=mesh.png")
		}
		return output.GraphFormats[format](to, g, draw.Look{Theme: c.theme})
	})
}

// request takes the URL out of the arguments, which are paths otherwise.
func (c *graphCommand) request(args []string) (url string, paths []string, err error) {
	for _, arg := range args {
		switch {
		case !strings.Contains(arg, "://"):
			paths = append(paths, arg)
		case url != "":
			return "", nil, fmt.Errorf("two requests: %s and %s", url, arg)
		default:
			url = arg
		}
	}
	if url != "" && len(c.from)+len(c.gateway) > 1 {
		return "", nil, errors.New("a request comes from one client or to one gateway: name one with --from or --gateway")
	}
	return url, paths, nil
}

// graph is the graph of the routes that the flags ask for, or of one request.
func (c *graphCommand) graph(world *pipeline.World, url string, policy diag.Policy) (*graph.Graph, error) {
	if url == "" {
		classes, err := classesOf(world, c.from, c.gateway, c.inputs.namespace)
		if err != nil {
			return nil, err
		}
		list, err := explain.Routes(world, c.search, classes)
		if err != nil {
			return nil, err
		}
		title := "mesh"
		if c.focus != "" {
			title = c.focus
		}
		return graph.Build(world, title, list), nil
	}
	asked := request.CurlOptions{URL: url}
	call, err := asked.On(simulate.Call{})
	if err != nil {
		return nil, err
	}
	name, kind := strings.Join(slices.Concat(c.from, c.gateway), ""), "sidecar"
	if len(c.gateway) > 0 {
		kind = "gateway"
	}
	if call.Proxy, err = world.Named(simulate.Proxy{Type: kind}, name, c.inputs.namespace); err != nil {
		return nil, err
	}
	t, err := explain.New(world, policy).Trace(call, pipeline.TraceOptions{Follow: true})
	if err != nil {
		return nil, err
	}
	return graph.Build(world, strings.TrimSpace(t.Call.Method+" "+t.Call.URL), explain.RequestRoutes(world, t)), nil
}

// narrow leaves what the flags ask for.
func (c *graphCommand) narrow(g *graph.Graph) error {
	switch {
	case c.depth < 0:
		return fmt.Errorf("--depth %d: give a number of arrows", c.depth)
	case c.depth > 0 && c.focus == "":
		return errors.New("--depth needs --focus")
	case c.focus != "":
		if err := g.Focus(c.focus, c.depth); err != nil {
			return fmt.Errorf("--focus: %w", err)
		}
	}
	if !c.noFold {
		g.Fold()
	}
	return nil
}
