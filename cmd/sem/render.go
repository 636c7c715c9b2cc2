package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/envoy"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/render"
)

const renderHelp = `Render prints the Envoy configuration that a proxy would receive, as istiod
would send it.

-t bootstrap is one static file for a stock Envoy: routes and endpoints inline,
certificates from files. Extensions that only Istio's proxy has are left out and
listed on standard error.`

const renderExample = `  # everything, one type, one service
  sem render -f examples/canary --from shop/web
  sem render -f examples/canary --from shop/web -t clusters
  sem render -f examples/canary --from shop/web \
      --fqdn reviews.shop.svc.cluster.local

  # each resource with the file and line that it comes from
  sem render -f examples/canary --from shop/web -t routes --annotate

  # run it in a real Envoy
  sem render -f mesh/ --from shop/web -t bootstrap --certs certs > envoy.json
  envoy -c envoy.json

  # compare with expected output in the repository
  sem render -f mesh/ --from shop/web -t routes --check expected/`

type renderCommand struct {
	inputs inputFlags
	proxy  proxyFlags
	filter render.Filter
	what   string
	out    string
	certs  string

	keep bool

	unread []string // the parts of the input that could not be read, which the answer lists

	annotate, sourceMap bool
	check               string
}

func newRender() *cobra.Command {
	var c renderCommand
	cmd := &cobra.Command{
		Use:         "render [flags] [PATH...]",
		Short:       "Print the Envoy configuration that istiod would send to a proxy",
		Long:        renderHelp,
		Example:     renderExample,
		Annotations: map[string]string{answerNo: "the output differs from the files of --check"},
		RunE:        c.run,
	}
	c.proxy.add(cmd)
	c.inputs.add(cmd)
	addKeepGoing(cmd, &c.keep)
	flags := cmd.Flags()
	flags.StringVarP(&c.what, "type", "t", "all", "`TYPE` of the resources: listeners, routes, clusters, endpoints, all or bootstrap")
	flags.StringVarP(&c.out, "output", "o", "json", "`FORMAT`: json")
	flags.StringVar(&c.filter.Name, "name", "", "only the resource of this `NAME`")
	flags.Uint32Var(&c.filter.Port, "port", 0, "only resources of this `PORT`")
	flags.StringVar(&c.filter.FQDN, "fqdn", "", "only resources of the service of this full `NAME`")
	flags.StringVar(&c.filter.Subset, "subset", "", "only resources of this `SUBSET`")
	flags.BoolVar(&c.annotate, "annotate", false, "write the file and line behind each resource into its metadata")
	flags.BoolVar(&c.sourceMap, "source-map", false, "add, for each field of the output, the field of the resource behind it")
	flags.StringVar(&c.check, "check", "", "compare with TYPE.json in `FOLDER`, and exit 1 if they differ")
	flags.StringVar(&c.certs, "certs", "", "with -t bootstrap: write self-signed certificates for absent files to this `FOLDER`")
	titled(cmd, "Output")
	return cmd
}

func (c *renderCommand) run(cmd *cobra.Command, paths []string) error {
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	if c.out != "json" {
		return fmt.Errorf("unknown output format %q: use json", c.out)
	}
	if err := c.choose(); err != nil {
		return err
	}
	if c.filter.Port > 65535 {
		return fmt.Errorf("--port %d: give a port from 1 to 65535", c.filter.Port)
	}
	if err := c.inputs.within(&c.proxy); err != nil {
		return err
	}
	if err := c.proxy.check(); err != nil {
		return err
	}
	world, err := c.inputs.load(cmd, paths)
	if err != nil {
		return err
	}
	if err := refuse(cmd, world, c.keep); err != nil {
		return err
	}
	c.unread = output.Places(world.Found.Unread())
	reportFindings(cmd, world.Found.NotGiven(), diag.Warning)
	if world, err = admitted(cmd, world); err != nil {
		return err
	}
	worlds, err := candidates(world, c.inputs.worlds.name, func(w *pipeline.World) bool {
		return w.Has(c.proxy.proxy(), c.proxy.from+c.proxy.gateway, c.inputs.namespace)
	})
	if err == nil {
		world, err = only(worlds)
	}
	if err != nil {
		return err
	}
	proxy, err := c.proxy.in(world, c.inputs.namespace)
	if err != nil {
		return err
	}
	reportAssumed(cmd, world)
	compiler, err := world.Compile(proxy)
	if err != nil {
		return err
	}
	for _, n := range compiler.NotModelled() {
		say(cmd, "not modelled: %s: %s", n.What, n.Reason)
	}
	if c.check != "" {
		var now bytes.Buffer
		if err := c.renderSafe(&now, cmd, compiler); err != nil {
			return err
		}
		return c.compare(cmd, now.Bytes())
	}
	out := bufio.NewWriter(cmd.OutOrStdout())
	if err := c.renderSafe(out, cmd, compiler); err != nil {
		return err
	}
	return out.Flush()
}

// compare holds what was rendered against the file of its type in a folder that is kept with the configuration.
func (c *renderCommand) compare(cmd *cobra.Command, now []byte) error {
	name := filepath.Join(c.check, c.what+".json")
	kept, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("%w: write it with 'sem render -t %s > %s'", err, c.what, name)
	}
	if bytes.Equal(kept, now) {
		return nil
	}
	for line := range strings.Lines(string(diff.Diff(name, kept, "rendered now", now))) {
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), output.Quote(strings.TrimSuffix(line, "\n"))); err != nil {
			return err
		}
	}
	return errNo
}

// renderSafe renders with characters that a terminal does not show as escapes.
func (c *renderCommand) renderSafe(to io.Writer, cmd *cobra.Command, from pipeline.Resources) error {
	safe := output.NewJSONWriter(to)
	if err := c.render(safe, cmd, from); err != nil {
		return err
	}
	return safe.Flush()
}

// choose turns -t into the types of the filter.
func (c *renderCommand) choose() error {
	switch t := envoy.Type(c.what); {
	case c.what == "all", c.what == "bootstrap":
	case slices.Contains(envoy.Types, t):
		c.filter.Types = []envoy.Type{t}
	default:
		return fmt.Errorf("unknown type %q: use listeners, routes, clusters, endpoints, all or bootstrap", c.what)
	}
	return nil
}

func (c *renderCommand) render(to io.Writer, cmd *cobra.Command, from pipeline.Resources) error {
	options := render.Options{Filter: c.filter, Annotate: c.annotate, SourceMap: c.sourceMap, Unread: c.unread}
	switch {
	case c.what == "bootstrap":
		leftOut, err := render.Bootstrap(to, from.Resources(), render.BootstrapOptions{Certs: c.certs, SelfSigned: c.certs != ""})
		for _, line := range leftOut {
			say(cmd, "left out: %s", line)
		}
		return err
	case c.annotate, c.sourceMap:
		whole := from.Snapshot()
		options.Origins = whole.Origins
		return render.JSON(to, whole, options)
	}
	return render.JSON(to, from, options)
}
