package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/request"
	"sem.example/simulate"
)

const diffHelp = `Diff finds the requests for which two versions of a mesh give different results:
each change with the affected requests, the old and the new result, a request
that shows it, and the fields that cause both results.

OLD and NEW are a file or folder, 'git:REF' or 'git:REF:PATH' for a revision, or
'-' for standard input. With one argument, OLD is git:HEAD.

Proxies with the same view of the mesh are compared once. The result is
'equivalent' only if it is proven, 'different' with a request that shows it, and
otherwise 'undecided', also for proxies that only one version has. Clients
without a sidecar are not compared.

With --traffic, sem compares the results of the requests of a log instead of
searching for requests.`

const diffExample = `  # the working tree against the last commit
  sem diff mesh/
  sem diff git:origin/main:mesh mesh/ -o markdown

  # prove that a refactoring changes nothing
  sem diff old-mesh/ new-mesh/ --expect none

  # which of yesterday's requests are affected?
  sem diff old-mesh/ new-mesh/ --from shop/web --traffic access.log`

type diffCommand struct {
	inputs   inputFlags
	from     []string
	gateway  []string
	host     string
	only     []string
	traffic  string
	oldIstio string
	newIstio string
	expect   string
	out      stringList
	keep     bool
	unread   []string // what could not be read of both sides
}

// diffParts are what --only chooses among.
var diffParts = []string{"routes", "tls", "endpoints", "policies", "authorization"}

func newDiff() *cobra.Command {
	var c diffCommand
	cmd := &cobra.Command{
		Use:         "diff [flags] [OLD] NEW",
		Short:       "Find the requests that a change affects",
		Long:        diffHelp,
		Example:     diffExample,
		Annotations: map[string]string{answerNo: "a request has a different result, or it is undecided whether one has"},
		Args:        cobra.RangeArgs(1, 2),
		RunE:        c.run,
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&c.from, "from", nil, "only this `WORKLOAD`, NAMESPACE/NAME (repeatable)")
	flags.StringArrayVar(&c.gateway, "gateway", nil, "only this `WORKLOAD` of a gateway (repeatable)")
	flags.StringVar(&c.host, "for", "", "only requests to this `HOST`")
	flags.StringSliceVar(&c.only, "only", nil, "only changes of `PARTS`: routes, tls, endpoints, policies or authorization")
	titled(cmd, "Scope")
	flags.StringVar(&c.traffic, "traffic", "", "`FILE` with the requests to compare: an access log in Istio's text or JSON form, or one JSON request per line; '-' is standard input")
	flags.StringVar(&c.oldIstio, "istio-old", "", "Istio `RELEASE` of OLD (default: the value of --istio)")
	flags.StringVar(&c.newIstio, "istio-new", "", "Istio `RELEASE` of NEW (default: the value of --istio)")
	c.inputs.add(cmd)
	addKeepGoing(cmd, &c.keep)
	flags.StringVar(&c.expect, "expect", "", "`WHAT` may change: none, or a file with one group of requests per line, worded as in the output")
	flags.VarP(&c.out, "output", "o", "`FORMAT` or FORMAT=FILE: text, json, markdown (for a pull request) or github (repeatable)")
	titled(cmd, "Output")
	return cmd
}

func (c *diffCommand) run(cmd *cobra.Command, args []string) error {
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	targets, err := parseTargets(c.out.values, []string{"text", "json", "markdown", "github"})
	if err != nil {
		return err
	}
	expected, err := c.check(args)
	if err != nil {
		return err
	}
	if len(args) == 1 {
		args = []string{"git:HEAD:" + args[0], args[0]}
	}
	old, done, err := c.side(cmd, args[0], c.oldIstio)
	defer done()
	if err != nil {
		return err
	}
	changed, doneNew, err := c.side(cmd, args[1], c.newIstio)
	defer doneNew()
	if err != nil {
		return err
	}
	report, err := c.compare(cmd, old, changed)
	if err != nil {
		return err
	}
	c.narrow(report)
	report.Unread = c.unread
	if c.traffic == "" && !strings.HasPrefix(args[1], "git:") && args[1] != "-" {
		nameInput(report, args[1])
	}
	allow(report, expected)
	if err := printDiff(cmd, targets, report); err != nil {
		return err
	}
	if report.Summary.Changes > report.Summary.Expected || report.Summary.Undecided > 0 {
		return errNo
	}
	return nil
}

// check reports what is wrong with the flags, and reads the changes that are expected.
func (c *diffCommand) check(args []string) ([]string, error) {
	if len(c.inputs.files.values) > 0 {
		return nil, errors.New("-f is not for diff: name OLD and NEW as arguments")
	}
	if len(args) == 2 && args[0] == "-" && args[1] == "-" {
		return nil, errors.New("OLD and NEW cannot both be standard input")
	}
	for _, part := range c.only {
		if !slices.Contains(diffParts, part) {
			return nil, fmt.Errorf("--only %s: use %s", part, strings.Join(diffParts, ", "))
		}
	}
	if c.expect == "" || c.expect == "none" {
		return nil, nil
	}
	data, err := os.ReadFile(c.expect)
	if err != nil {
		return nil, fmt.Errorf("--expect: %w", err)
	}
	return strings.Split(string(data), "\n"), nil
}

// side reads one side. What done removes is needed until the answers are printed.
func (c *diffCommand) side(cmd *cobra.Command, path, istio string) (*pipeline.World, func(), error) {
	opts, done := c.inputs.options(cmd, []string{path}), func() {}
	if istio != "" {
		release, err := opts.Release.As(istio)
		if err != nil {
			return nil, done, err
		}
		opts.Release = release
	}
	if ref, ok := strings.CutPrefix(path, "git:"); ok {
		dir, remove, err := fromGit(ref)
		if done = remove; err != nil {
			return nil, done, err
		}
		opts.FS, opts.Paths = os.DirFS(dir), []string{"."}
	}
	switch {
	case opts.Kustomize == "":
	case opts.FS != nil:
		opts.Paths = nil
	default:
		opts.Kustomize, opts.Within, opts.Paths = filepath.Join(path, opts.Kustomize), path, nil
	}
	world, err := load(cmd, opts)
	if err != nil {
		return nil, done, fmt.Errorf("%s: %w", path, err)
	}
	if names := world.Worlds(); len(names) > 1 && c.inputs.worlds.name == "" {
		return nil, done, fmt.Errorf("%s has several worlds: choose one with --world: %s", path, strings.Join(names, ", "))
	}
	if err := refuse(cmd, world, c.keep); err != nil {
		return nil, done, fmt.Errorf("%s: %w", path, err)
	}
	c.unread = append(c.unread, output.Places(world.Found.Unread())...)
	if world, err = admitted(cmd, world); err != nil {
		return nil, done, fmt.Errorf("%s: %w", path, err)
	}
	return world, done, nil
}

// fromGit writes REF or REF:PATH to a folder for a while.
func fromGit(ref string) (dir string, done func(), err error) {
	ref, path, _ := strings.Cut(ref, ":")
	if path == "" {
		path = "."
	}
	if ref == "" || strings.HasPrefix(ref, "-") {
		return "", func() {}, fmt.Errorf("%q is not a git revision", ref)
	}
	dir, done, err = tempFolder("sem-diff-")
	if err != nil {
		return "", func() {}, err
	}
	return dir, done, checkout(ref, path, dir)
}

func (c *diffCommand) compare(cmd *cobra.Command, old, changed *pipeline.World) (*diff.Report, error) {
	if c.traffic != "" {
		return c.replay(cmd, old, changed)
	}
	found := false
	report, err := explain.Compare(old, changed, func(class pipeline.Class) bool {
		wanted := len(c.from)+len(c.gateway) == 0
		for _, name := range class.Members {
			names := c.from
			if class.Direction == pipeline.Gateway {
				names = c.gateway
			}
			wanted = wanted || slices.Contains(names, name)
		}
		found = found || wanted
		return wanted
	})
	if err == nil && !found {
		return nil, errors.New("there is no proxy to compare: OLD and NEW have none in common that --from and --gateway name")
	}
	return report, err
}

// replay asks the requests of a log on both sides.
func (c *diffCommand) replay(cmd *cobra.Command, old, changed *pipeline.World) (*diff.Report, error) {
	proxy := proxyFlags{}
	if len(c.from)+len(c.gateway) > 1 {
		return nil, errors.New("--traffic is about one proxy: give one --from or --gateway")
	}
	proxy.from, proxy.gateway = strings.Join(c.from, ""), strings.Join(c.gateway, "")
	client, err := proxy.in(changed, c.inputs.namespace)
	if err != nil {
		return nil, err
	}
	lines, closeInput, err := openLines(cmd, c.traffic)
	if err != nil {
		return nil, err
	}
	defer closeInput()
	d := explain.NewReport()
	bad := 0
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		call, err := requestOf(line, client)
		if err != nil {
			bad++
			continue
		}
		before, err := old.Trace(call, pipeline.TraceOptions{})
		if err != nil {
			return nil, err
		}
		after, err := changed.Trace(call, pipeline.TraceOptions{})
		if err != nil {
			return nil, err
		}
		d.Request(call, before, after)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", c.traffic, err)
	}
	if d.Summary.Requests == 0 {
		return nil, fmt.Errorf("%s holds no request that could be read", c.traffic)
	}
	if bad > 0 {
		say(cmd, "%s: %d lines have no readable request and were skipped", c.traffic, bad)
	}
	return d.Done(), nil
}

// requestOf reads a line of a log or of requests.
func requestOf(line string, client simulate.Proxy) (simulate.Call, error) {
	if strings.HasPrefix(line, "{") {
		if call, err := request.JSON([]byte(line), client); err == nil {
			return call, nil
		}
	}
	call, err := request.AccessLog(line)
	call.Proxy = client
	if client.Type == "gateway" {
		call.Direction = pipeline.Gateway
	}
	return call, err
}

// narrow leaves out the changes that --for and --only do not ask for.
func (c *diffCommand) narrow(r *diff.Report) {
	r.Changes = slices.DeleteFunc(r.Changes, func(ch diff.ReportedChange) bool {
		return c.host != "" && hostOfCall(ch.Witness) != c.host && !strings.Contains(ch.Region, c.host) || len(c.only) > 0 && !slices.ContainsFunc(c.only, ch.Touches)
	})
	if c.host != "" {
		r.Undecided = slices.DeleteFunc(r.Undecided, func(u diff.ReportedDoubt) bool { return u.About != "" && !mentions(u.About, c.host) })
	}
	r.Summary.Narrowed = c.host != "" || len(c.only)+len(c.from)+len(c.gateway) > 0
	r.Summary.Changes, r.Summary.Undecided = len(r.Changes), len(r.Undecided)
}

// mentions reports whether a list of domains may cover a host: one names it, or has a wildcard.
func mentions(domains, host string) bool {
	return strings.Contains(domains, host) || strings.Contains(domains, "*")
}

func hostOfCall(c simulate.Call) string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// nameInput adds the input to the commands that trace the witnesses.
func nameInput(r *diff.Report, path string) {
	for i := range r.Changes {
		if rest, ok := strings.CutPrefix(r.Changes[i].Command, "sem trace "); ok && !strings.ContainsAny(path, " '\"$\\") {
			r.Changes[i].Command = "sem trace -f " + path + " " + rest
		}
	}
}

// allow marks the changes that a list expects.
func allow(r *diff.Report, expected []string) {
	for i := range r.Changes {
		ch := &r.Changes[i]
		if ch.Expected = slices.Contains(expected, ch.Region); ch.Expected {
			r.Summary.Expected++
		}
	}
}

func printDiff(cmd *cobra.Command, targets []outputTarget, r *diff.Report) error {
	return emit(cmd, targets, func(format string, look output.Look, to *bytes.Buffer) error {
		switch format {
		case "json":
			return output.JSON(to, r)
		case "markdown":
			return output.DiffMarkdown(to, r)
		case "github":
			return output.DiffGitHub(to, r)
		}
		return output.DiffText(to, r, look)
	})
}
