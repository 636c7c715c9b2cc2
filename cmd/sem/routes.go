package main

import (
	"bytes"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

const routesHelp = `Routes lists the effective routing of each client and gateway: a line for each
route, with its host and port, the requests that take it, where they go and with
what shares, what changes on the way, and the resource behind it. A route that
no request can take is marked.

Proxies that route alike are listed once. The text does not depend on the order
of documents or on the layout of files: commit it, and a review shows what
changes. 'sem diff' finds the requests behind such a change.`

const routesExample = `  # all clients and gateways; one client; one host
  sem routes -f examples/canary
  sem routes -f examples/canary --from shop/web
  sem routes -f examples/canary --for reviews.shop.svc.cluster.local --tree

  # a file to commit, compared in CI
  sem routes -f mesh/ > routes.txt
  sem routes -f mesh/ | diff routes.txt -`

type routesCommand struct {
	inputs  inputFlags
	from    []string
	gateway []string
	host    string
	tree    bool
	out     stringList
	keep    bool
	search  diff.Limits
}

func newRoutes() *cobra.Command {
	var c routesCommand
	cmd := &cobra.Command{
		Use:     "routes [flags] [PATH...]",
		Short:   "List the effective routing of clients and gateways",
		Long:    routesHelp,
		Example: routesExample,
		RunE:    c.run,
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&c.from, "from", nil, "only this client `WORKLOAD`, named as for trace (repeatable)")
	flags.StringArrayVar(&c.gateway, "gateway", nil, "only this `WORKLOAD` of a gateway (repeatable)")
	flags.StringVar(&c.host, "for", "", "only routes of this `HOST`")
	titled(cmd, "Scope")
	c.inputs.add(cmd)
	addKeepGoing(cmd, &c.keep)
	addSearchLimit(cmd, &c.search)
	flags.VarP(&c.out, "output", "o", "`FORMAT` or FORMAT=FILE: text or json (repeatable)")
	flags.BoolVar(&c.tree, "tree", false, "print the routes of a host below it")
	titled(cmd, "Output")
	return cmd
}

func (c *routesCommand) run(cmd *cobra.Command, paths []string) error {
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	outputs, err := parseOutputs(c.out.values, []string{"text", "json"})
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
	unread := output.Places(world.Found.Unread())
	if world, err = oneWorld(cmd, world, c.inputs.worlds.name); err != nil {
		return err
	}
	list, err := c.list(world)
	if err != nil {
		return err
	}
	list.Unread = unread
	return emit(cmd, outputs, func(format string, look output.Look, to *bytes.Buffer) error {
		switch {
		case format == "json":
			return output.JSON(to, list)
		case c.tree:
			return output.RoutesTree(to, list)
		}
		return output.RoutesText(to, list)
	})
}

// oneWorld is the world that a command is about, without what admission rejects.
func oneWorld(cmd *cobra.Command, all *pipeline.World, name string) (*pipeline.World, error) {
	worlds, err := candidates(all, name, func(*pipeline.World) bool { return true })
	if err != nil {
		return nil, err
	}
	one, err := only(worlds)
	if err != nil {
		return nil, err
	}
	return admitted(cmd, one)
}

func (c *routesCommand) list(world *pipeline.World) (*diff.RouteList, error) {
	classes, err := classesOf(world, c.from, c.gateway, c.inputs.namespace)
	if err != nil {
		return nil, err
	}
	list, err := explain.Routes(world, c.search, classes)
	if err == nil {
		c.narrow(list)
	}
	return list, err
}

// classesOf are the proxies of some names of clients and gateways, or all without names.
func classesOf(world *pipeline.World, from, gateway []string, namespace string) ([]pipeline.Class, error) {
	all, err := pipeline.Classes(world, world)
	if err != nil || len(from)+len(gateway) == 0 {
		return all, err
	}
	var out []pipeline.Class
	for _, name := range slices.Concat(from, gateway) {
		class := pipeline.Class{Direction: pipeline.Outbound, Proxy: simulate.Proxy{Type: "sidecar"}}
		if len(out) >= len(from) {
			class = pipeline.Class{Direction: pipeline.Gateway, Proxy: simulate.Proxy{Type: "gateway"}}
		}
		if class.Proxy, err = world.Named(class.Proxy, name, namespace); err != nil {
			return nil, err
		}
		class.Members = []string{class.Proxy.Namespace + "/" + class.Proxy.Name}
		for _, known := range all { // a gateway that is installed from elsewhere has the labels of its selector
			if known.Direction == class.Direction && slices.Contains(known.Members, class.Members[0]) && known.Direction == pipeline.Gateway {
				class.Proxy = known.Proxy
			}
		}
		out = append(out, class)
	}
	return out, nil
}

// narrow leaves out the routes of other hosts.
func (c *routesCommand) narrow(list *diff.RouteList) {
	if c.host == "" {
		return
	}
	for i := range list.Groups {
		g := &list.Groups[i]
		g.Routes = slices.DeleteFunc(g.Routes, func(r diff.ListedRoute) bool {
			return !slices.ContainsFunc(r.Hosts, func(h string) bool { return strings.EqualFold(h, c.host) })
		})
	}
	list.Groups = slices.DeleteFunc(list.Groups, func(g diff.RouteGroup) bool { return len(g.Routes) == 0 })
}
