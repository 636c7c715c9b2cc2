package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/explain"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/request"
	"sem.example/simulate"
)

const traceHelp = `Trace simulates a request through the proxies on its path and shows each
decision with the file and line that causes it: listener, filter chain, virtual
host, route, rewrite, cluster, TLS and endpoint.

A URL is http://, https://, grpc://HOST:PORT/PACKAGE.SERVICE/METHOD (grpcs://
with TLS), ws://, wss://, tcp://HOST:PORT for bytes, or tls://HOST for bytes in
the application's own TLS.

The first line is the verdict; docs/trace.md defines each verdict. With --batch,
each line of a file (or of standard input, '-') is a request in JSON, and each
line of the output is its trace.`

const traceExample = `  # where a request goes, and why
  sem trace -f examples/canary --from shop/web http://reviews/ --why
  sem trace -f examples/canary --from shop/web http://reviews/ -H 'x-tester:yes'

  # at a gateway
  sem trace -f examples/ingress-tls --gateway istio-system/ingressgateway \
      https://shop.example.com/cart

  # from a curl command, a line of an access log, a config dump
  sem trace -f examples/canary --from shop/web \
      --curl 'curl -d a=1 http://reviews/'
  kubectl logs web-7d9 -c istio-proxy | grep ' 503 ' | tail -1 |
      sem trace -f mesh/ --from shop/web --access-log -
  istioctl proxy-config all web-7d9 -n shop -o json |
      sem trace --config-dump - http://reviews/

  # in a script
  sem trace -f examples/canary --from shop/web http://reviews/ \
      --expect verdict=DELIVERED,destination.subset=v1`

type traceCommand struct {
	inputs  inputFlags
	proxy   proxyFlags
	request requestFlags
	dump    string
	out     stringList
	batch   string
	why     bool
	follow  bool
	fail    bool
	expect  []string
	reveal  bool
	keep    bool
	gap     []simulate.Warning // what could not be read
}

func newTrace() *cobra.Command {
	var c traceCommand
	cmd := &cobra.Command{
		Use:         "trace [flags] [METHOD] URL",
		Short:       "Trace a request to its endpoint and explain each decision",
		Long:        traceHelp,
		Example:     traceExample,
		Annotations: map[string]string{answerNo: "the request fails with --fail, or an --expect is not met"},
		Args:        arguments(0, 2),
		RunE:        c.run,
	}
	c.request.add(cmd)
	c.proxy.add(cmd)
	c.inputs.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&c.dump, "config-dump", "", "config dump `FILE` of a proxy, used instead of resources: /config_dump?include_eds, or the output of 'istioctl proxy-config all -o json'; '-' is standard input")
	titled(cmd, "Input")
	addKeepGoing(cmd, &c.keep)
	flags.VarP(&c.out, "output", "o", "`FORMAT` or FORMAT=FILE: text, json, markdown (for a ticket) or mermaid (a sequence diagram) (repeatable)")
	flags.StringVar(&c.batch, "batch", "", "`FILE` with one JSON request per line; '-' is standard input")
	flags.BoolVar(&c.why, "why", false, "also show rejected candidates and why")
	flags.BoolVar(&c.follow, "follow", false, "continue to the proxies behind the endpoint (default: true; false with --batch)")
	flags.StringArrayVar(&c.expect, "expect", nil, "`FIELD=TEXT`,... expected in the trace or its first hop, otherwise exit 1: verdict=DELIVERED,tls.mode=SIMPLE (repeatable)")
	flags.BoolVar(&c.reveal, "show-credentials", false, "show the values of Authorization, cookies and tokens in URLs, which are redacted by default")
	flags.BoolVar(&c.fail, "fail", false, "exit 1 if the request fails")
	titled(cmd, "Output")
	return cmd
}

// conflicts are flags that ask two different questions at once.
var conflicts = []struct{ one, other, because string }{
	{"config-dump", "filename", "a config dump already contains the configuration"},
	{"config-dump", "cluster", "a config dump already contains the configuration"},
	{"config-dump", "live", "a config dump already contains the configuration"},
	{"config-dump", "mesh-config", "a config dump already contains the MeshConfig"},
	{"curl", "access-log", "each defines a request"},
	{"curl", "batch", "each defines the requests"},
	{"access-log", "batch", "each defines the requests"},
	{"expect", "batch", "expectations are about one trace"},
}

func conflict(cmd *cobra.Command) error {
	for _, c := range conflicts {
		if cmd.Flags().Changed(c.one) && cmd.Flags().Changed(c.other) {
			return fmt.Errorf("--%s and --%s are mutually exclusive: %s", c.one, c.other, c.because)
		}
	}
	return nil
}

func (c *traceCommand) run(cmd *cobra.Command, args []string) error {
	if err := conflict(cmd); err != nil {
		return err
	}
	settings, err := useSettings(cmd)
	if err != nil {
		return err
	}
	outputs, err := parseOutputs(c.out.values, []string{"text", "json", "markdown", "mermaid"})
	if err != nil {
		return err
	}
	if !cmd.Flags().Changed("follow") {
		c.follow = c.batch == ""
	}
	expected, err := parseExpect(c.expect)
	if err != nil {
		return err
	}
	if err := c.inputs.within(&c.proxy); err != nil {
		return err
	}
	if err := c.proxy.check(); err != nil {
		return err
	}
	call, err := c.call(cmd, args)
	if err != nil {
		return err
	}
	meshes, names, err := c.tracers(cmd, settings.Policy)
	if err != nil {
		return err
	}
	if c.batch != "" {
		if call.Proxy, err = c.client(meshes[0]); err != nil {
			return err
		}
		return c.runBatch(cmd, meshes[0], call.Proxy)
	}
	t, err := c.trace(meshes, names, call)
	if err != nil {
		return err
	}
	shown := c.shown(t)
	if err := c.print(cmd, outputs, shown); err != nil {
		return err
	}
	met, err := meets(cmd, t, shown, expected)
	if err == nil && (!met || c.fail && !t.Verdict.Succeeded()) {
		return errNo
	}
	return err
}

// shown is a trace as it may be shown, with what could not be read among its warnings.
func (c *traceCommand) shown(t *simulate.Trace) *simulate.Trace {
	if len(c.gap) > 0 {
		with := *t
		with.Warnings = append(slices.Clip(t.Warnings), c.gap...)
		t = &with
	}
	if c.reveal {
		return t
	}
	return output.Redact(t)
}

func (c *traceCommand) print(cmd *cobra.Command, outputs []outputFile, t *simulate.Trace) error {
	return emit(cmd, outputs, func(format string, look output.Look, to *bytes.Buffer) error {
		switch format {
		case "json":
			return output.JSON(to, t)
		case "markdown":
			return output.Markdown(to, t)
		case "mermaid":
			return output.Mermaid(to, t)
		}
		look.Why = c.why
		return output.Trace(to, t, look)
	})
}

// tracers reads what the answers come from: those worlds that have the client. A batch takes one.
func (c *traceCommand) tracers(cmd *cobra.Command, policy diag.Policy) ([]explain.Tracer, []string, error) {
	if c.dump != "" {
		dump, err := readDump(cmd, c.dump)
		return []explain.Tracer{dump}, []string{c.dump}, err
	}
	world, err := c.inputs.load(cmd, nil)
	if err != nil {
		return nil, nil, err
	}
	c.gap = gap(world.Found)
	if err := refuse(cmd, world, c.keep); err != nil {
		return nil, nil, err
	}
	worlds, err := candidates(world, c.inputs.worlds.name, func(w *pipeline.World) bool {
		return w.Has(c.proxy.proxy(), c.proxy.from+c.proxy.gateway, c.inputs.namespace)
	})
	if err == nil && c.batch != "" {
		_, err = only(worlds)
	}
	var tracers []explain.Tracer
	for _, w := range worlds {
		tracers = append(tracers, explain.New(w, policy))
	}
	return tracers, namesOf(worlds), err
}

// trace answers by each world, and takes the first where they agree.
func (c *traceCommand) trace(meshes []explain.Tracer, names []string, call simulate.Call) (*simulate.Trace, error) {
	answers := make([]*simulate.Trace, len(meshes))
	for i, mesh := range meshes {
		var err error
		if call.Proxy, err = c.client(mesh); err != nil {
			return nil, err
		}
		if answers[i], err = mesh.Trace(call, pipeline.TraceOptions{Why: c.why, Follow: c.follow}); err != nil {
			return nil, err
		}
	}
	return agreed(answers, names)
}

// dumpGarbage is the garbage that is left beside a dump, in percent of what is in use. The resources of a large dump take
// more than all else: with Go's 100 they would be paid for twice.
const dumpGarbage = 50

func readDump(cmd *cobra.Command, name string) (explain.Tracer, error) {
	from, done, err := open(cmd, name)
	if err != nil {
		return nil, err
	}
	defer done()
	dump, err := loadDump(from, name)
	if err != nil {
		return nil, err
	}
	return explain.NewDump(dump), nil
}

func loadDump(from io.Reader, name string) (*pipeline.Dump, error) {
	debug.SetGCPercent(dumpGarbage)
	dump, err := pipeline.LoadDump(from)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return dump, nil
}

// call puts a request together from flags and arguments.
func (c *traceCommand) call(cmd *cobra.Command, args []string) (simulate.Call, error) {
	if c.batch != "" {
		return simulate.Call{}, nil
	}
	return c.request.call(cmd, args)
}

// client finds the proxy of the call. A dump names its proxy itself, where the flags do not.
func (c *traceCommand) client(mesh explain.Tracer) (simulate.Proxy, error) {
	if world, ok := mesh.(*explain.World); ok {
		return c.proxy.in(world, c.inputs.namespace)
	}
	return c.proxy.dumped(c.inputs.namespace), nil
}

// runBatch answers one request a line, in order. A line that is not a request gets a line that says so, and the exit code 2.
func (c *traceCommand) runBatch(cmd *cobra.Command, mesh explain.Tracer, fallback simulate.Proxy) error {
	lines, closeInput, err := openLines(cmd, c.batch)
	if err != nil {
		return err
	}
	defer closeInput()
	safe := output.NewJSONWriter(cmd.OutOrStdout())
	out := json.NewEncoder(safe)
	out.SetEscapeHTML(false)
	bad := 0
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		t, err := answer(mesh, lines.Bytes(), fallback, pipeline.TraceOptions{Why: c.why, Follow: c.follow})
		if err != nil {
			bad++
			say(cmd, "%s:%d: %v", c.batch, n, err)
			t = &simulate.Trace{APIVersion: "sem/v1", Kind: "Trace", ID: request.ID(lines.Bytes()), Verdict: simulate.Unsupported, Summary: err.Error()}
		}
		if err := out.Encode(c.shown(t)); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return lineError(c.batch, err)
	}
	if bad > 0 {
		return fmt.Errorf("%d requests could not be read", bad)
	}
	return nil
}

func answer(mesh explain.Tracer, line []byte, proxy simulate.Proxy, opts pipeline.TraceOptions) (*simulate.Trace, error) {
	call, err := request.JSON(line, proxy)
	if err != nil {
		return nil, err
	}
	return mesh.Trace(call, opts)
}
