package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
)

const diffHelp = `Diff finds the requests for which two versions of a mesh give different results:
each change with the affected requests, the old and the new result, a request
that shows it, and the fields that cause both results.

OLD and NEW are a file or folder, 'git:REF' or 'git:REF:PATH' for a revision,
'-' for standard input, or the config dump of a proxy. With one argument, OLD
is git:HEAD.

Proxies with the same view of the mesh are compared once. The result is
'equivalent' only if it is proven, 'different' with a request that shows it, and
otherwise 'undecided', also for proxies that only one version has. Clients
without a sidecar are not compared.

With a config dump (/config_dump?include_eds, or the output of 'istioctl
proxy-config all -o json'), only its proxy is compared. What a dump does not
contain is listed as not compared.

With --traffic, sem compares the results of the requests of a log instead of
searching for requests.`

const diffExample = `  # the working tree against the last commit
  sem diff mesh/
  sem diff git:origin/main:mesh mesh/ -o markdown

  # what would a change do to what runs?
  sem diff --live mesh/change.yaml

  # prove that a refactoring changes nothing
  sem diff old-mesh/ new-mesh/ --expect none

  # is the proxy running what the files say?
  istioctl proxy-config all web-7d9.shop -o json | sem diff - mesh/

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
	search   diff.Limits
	unread   []string // what could not be read of both sides

	notCompared []string // of a config dump and files
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
		Args:        arguments(1, 2),
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
	_ = flags.MarkHidden("filename") // the flag is there
	flags.Lookup("kustomize").Usage = "compare the builds of the kustomization in `FOLDER`, a path below OLD and NEW, offline"
	addKeepGoing(cmd, &c.keep)
	addSearchLimit(cmd, &c.search)
	flags.StringVar(&c.expect, "expect", "", "`WHAT` may change: none, or a file with one group of requests per line, worded as in the output")
	flags.VarP(&c.out, "output", "o", "`FORMAT` or FORMAT=FILE: text, json, markdown (for a pull request) or github (repeatable)")
	titled(cmd, "Output")
	return cmd
}

func (c *diffCommand) run(cmd *cobra.Command, args []string) error {
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	outputs, err := parseOutputs(c.out.values, []string{"text", "json", "markdown", "github"})
	if err != nil {
		return err
	}
	expected, err := c.check(args)
	if err != nil {
		return err
	}
	switch {
	case len(args) == 1 && c.inputs.live.live:
		args = []string{"", args[0]} // the cluster as it is
	case len(args) == 1:
		args = []string{"git:HEAD:" + args[0], args[0]}
	}
	old, done, err := c.side(cmd, args[0], c.oldIstio, "--istio-old")
	defer done()
	if err != nil {
		return err
	}
	changed, doneNew, err := c.side(cmd, args[1], c.newIstio, "--istio-new")
	defer doneNew()
	if err != nil {
		return err
	}
	if old.dump != nil || changed.dump != nil {
		if err := c.dumps(&old, &changed); err != nil {
			return err
		}
	}
	report, err := c.compare(cmd, old, changed)
	if err != nil {
		return err
	}
	c.narrow(report, old.dump != nil)
	report.Unread, report.NotCompared = c.unread, append(report.NotCompared, c.notCompared...)
	report.OldIstio, report.NewIstio = old.release(), changed.release()
	if c.traffic == "" && !strings.HasPrefix(args[1], "git:") && args[1] != "-" {
		nameInput(report, args[1], changed.flag())
	}
	allow(report, expected)
	if err := printDiff(cmd, outputs, report); err != nil {
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
		return nil, errors.New("diff has no flag -f: name OLD and NEW as arguments")
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

func (c *diffCommand) compare(cmd *cobra.Command, old, changed diffSide) (*diff.Report, error) {
	switch {
	case c.traffic != "":
		return c.replayed(cmd, old, changed)
	case old.dump != nil:
		return explain.CompareDumps(old.dump, changed.dump, c.search), nil
	}
	found := false
	report, err := explain.Compare(old.world, changed.world, c.search, func(class pipeline.Class) bool {
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

func printDiff(cmd *cobra.Command, outputs []outputFile, r *diff.Report) error {
	return emit(cmd, outputs, func(format string, look output.Look, to *bytes.Buffer) error {
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
