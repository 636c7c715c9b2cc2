package main

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
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
	flags.StringArrayVar(&c.from, "from", nil, "only this client `WORKLOAD`, NAMESPACE/NAME (repeatable)")
	flags.StringArrayVar(&c.gateway, "gateway", nil, "only this `WORKLOAD` of a gateway, NAMESPACE/NAME (repeatable)")
	flags.StringVar(&c.host, "for", "", "only routes of this `HOST`")
	titled(cmd, "Scope")
	c.inputs.add(cmd)
	addKeepGoing(cmd, &c.keep)
	flags.VarP(&c.out, "output", "o", "`FORMAT` or FORMAT=FILE: text or json (repeatable)")
	flags.BoolVar(&c.tree, "tree", false, "print the routes of a host below it")
	titled(cmd, "Output")
	return cmd
}

func (c *routesCommand) run(cmd *cobra.Command, paths []string) error {
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	targets, err := parseTargets(c.out.values, []string{"text", "json"})
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
	if world, err = c.world(cmd, world); err != nil {
		return err
	}
	list, err := c.list(world)
	if err != nil {
		return err
	}
	list.Unread = unread
	return emit(cmd, targets, func(format string, look output.Look, to *bytes.Buffer) error {
		switch {
		case format == "json":
			return output.JSON(to, list)
		case c.tree:
			return output.RoutesTree(to, list)
		}
		return output.RoutesText(to, list)
	})
}

// world is the one that is listed, without what admission rejects.
func (c *routesCommand) world(cmd *cobra.Command, all *pipeline.World) (*pipeline.World, error) {
	worlds, err := candidates(all, c.inputs.worlds.name, func(*pipeline.World) bool { return true })
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
	found := false
	list, err := explain.Routes(world, func(class pipeline.Class) bool {
		wanted := len(c.from)+len(c.gateway) == 0
		names := c.from
		if class.Direction == pipeline.Gateway {
			names = c.gateway
		}
		for _, name := range class.Members {
			wanted = wanted || slices.Contains(names, name)
		}
		found = found || wanted
		return wanted
	})
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, errors.New("there is no such client or gateway in the input: name it as NAMESPACE/NAME")
	}
	c.narrow(list)
	return list, nil
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
