package main

import (
	"bytes"
	"fmt"
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/output"
	"sem.example/internal/realenvoy"
	"sem.example/internal/source"
	"sem.example/internal/suite"
)

const testHelp = `Test runs request tests: files named NAME_test.yaml beside the configuration,
which state the expected outcome of requests. docs/tests.md describes them.`

const testExample = `  # all tests below a folder; also list those that pass
  sem test examples/canary -v

  # some of them
  sem test examples --run 'testers.*GET'`

type testCommand struct {
	out        stringList
	live       liveFlags
	kustomize  string
	worlds     worldFlags
	namespace  string
	meshConfig string
	cue        source.CUELimits
	assume     assumeFlags
	release    releaseFlags
	only       string
	failFast   bool
	verbose    bool
	update     bool
	coverage   bool
	floor      float64
	lcov       string
	envoy      string
	reveal     bool
	keep       bool
	unread     diag.List // what of the tests themselves could not be read
}

func newTest() *cobra.Command {
	var c testCommand
	cmd := &cobra.Command{
		Use:         "test [flags] [PATH...]",
		Short:       "Run request tests",
		Long:        testHelp,
		Example:     testExample,
		Annotations: map[string]string{answerNo: "a request test fails, or the coverage is below the minimum"},
		RunE:        c.run,
	}
	flags := cmd.Flags()
	flags.StringVar(&c.only, "run", "", "run only tests whose name, as printed by -v, matches `REGEX`")
	flags.BoolVar(&c.failFast, "fail-fast", false, "stop at the first failure")
	flags.BoolVar(&c.update, "update", false, "replace failing expectations by the actual results, and run the tests again")
	titled(cmd, "Tests")
	flags.StringVar(&c.envoy, "envoy", "", "also send each request through a real Envoy, the executable at `PATH`, and fail where it disagrees with the trace")
	titled(cmd, "Against Envoy")
	flags.StringVarP(&c.kustomize, "kustomize", "k", "", "`FOLDER` whose kustomization is tested, instead of the configuration beside the tests")
	c.worlds.add(cmd)
	checkedVarP(flags, &c.namespace, "namespace", "n", "default", isName, "`NAMESPACE` of resources without one, unless the tests set it")
	flags.StringVar(&c.meshConfig, "mesh-config", "", "`FILE` with the MeshConfig, unless the tests set it")
	c.live.add(cmd)
	addCUELimit(cmd, &c.cue)
	c.assume.add(cmd)
	c.release.add(cmd)
	titled(cmd, "Input")
	addKeepGoing(cmd, &c.keep)
	flags.VarP(&c.out, "output", "o", "`FORMAT` or FORMAT=FILE: text, json, junit, github or lcov (repeatable)")
	flags.BoolVar(&c.reveal, "show-credentials", false, "show the values of Authorization, cookies and tokens in URLs, which are redacted by default")
	flags.BoolVarP(&c.verbose, "verbose", "v", false, "also list the tests that pass")
	titled(cmd, "Output")
	flags.BoolVar(&c.coverage, "coverage", false, "list the routes, matches, destinations, subsets, port policies and ServiceEntry ports that no test reaches")
	flags.Float64Var(&c.floor, "coverage-floor", 0, "fail if less than `PERCENT` of them are reached")
	flags.StringVar(&c.lcov, "coverage-out", "", "write the coverage to `FILE` in lcov format")
	titled(cmd, "Coverage")
	return cmd
}

func (c *testCommand) run(cmd *cobra.Command, paths []string) error {
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	outputs, err := parseOutputs(c.out.values, append([]string{"text"}, slices.Sorted(maps.Keys(output.TestFormats))...))
	if err != nil {
		return err
	}
	options, err := c.options(cmd)
	options.Within = withinTested(paths)
	if err != nil {
		return err
	}
	if options.Clusters, err = c.live.read(cmd); err != nil {
		return err
	}
	names, err := c.testFiles(cmd, paths)
	if err != nil {
		return err
	}
	runner := suite.NewRunner(options)
	report, err := runner.Run(cmd.Context(), names)
	if err == nil && !c.keep {
		err = c.whole(cmd, report)
	}
	if err == nil && c.update {
		report, err = rewrite(cmd, runner, report, names)
	}
	if err != nil {
		return err
	}
	if c.lcov != "" {
		outputs = append(outputs, outputFile{format: "lcov", file: c.lcov})
	}
	if c.coverage || c.floor > 0 || slices.ContainsFunc(outputs, func(t outputFile) bool { return t.format == "lcov" }) {
		report.Coverage = report.Cover()
	}
	if !c.reveal {
		output.RedactTests(report)
	}
	err = emit(cmd, outputs, func(format string, look output.Look, to *bytes.Buffer) error {
		if print, ok := output.TestFormats[format]; ok {
			return print(to, report)
		}
		return output.Tests(to, report, c.verbose, look)
	})
	if err != nil {
		return err
	}
	return c.verdict(cmd, report)
}

func (c *testCommand) options(cmd *cobra.Command) (suite.Options, error) {
	o := suite.Options{Namespace: c.namespace, MeshConfig: c.meshConfig, Assume: c.assume.options, Release: c.release.Release, ReleaseBy: c.release.by(cmd), CUE: isolated(c.cue), Builder: builder(), Kustomize: c.kustomize, World: c.worlds.name, Worlds: c.worlds.defined, FailFast: c.failFast}
	var err error
	if c.envoy != "" {
		path, err := exec.LookPath(c.envoy)
		if err != nil {
			return o, fmt.Errorf("--envoy: %w", err)
		}
		o.Judge = func() suite.Judge {
			judge := realenvoy.NewJudge(path)
			return &endedJudge{Judge: judge, forget: atExit(judge.Close)}
		}
	}
	if c.only == "" {
		return o, nil
	}
	if o.Only, err = regexp.Compile(c.only); err != nil {
		return o, fmt.Errorf("--run: %w", err)
	}
	return o, nil
}

// An endedJudge is a judge that a signal ends as well.
type endedJudge struct {
	suite.Judge
	forget func()
}

// Close ends what the judge started.
func (j *endedJudge) Close() {
	j.forget()
	j.Judge.Close()
}

// rewrite writes the answers into the files of tests and runs them again.
func rewrite(cmd *cobra.Command, runner *suite.Runner, report *suite.Report, names []string) (*suite.Report, error) {
	for _, f := range report.Files {
		text, changed, err := f.Update()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.File.Name, err)
		}
		if changed == 0 {
			continue
		}
		if err := writeThrough(f.File.Name, text); err != nil {
			return nil, err
		}
		say(cmd, "%s: expectations updated: %d", f.File.Name, changed)
	}
	return runner.Run(cmd.Context(), names)
}

// whole refuses to answer where a part of the configuration could not be read.
func (c *testCommand) whole(cmd *cobra.Command, r *suite.Report) error {
	unread := r.Unread()
	reportFindings(cmd, unread, diag.Error)
	return notWhole(unread)
}

// testFiles are the files of tests that the arguments come to. What of folders cannot be read is named on standard error, and the
// rest is run.
func (c *testCommand) testFiles(cmd *cobra.Command, paths []string) ([]string, error) {
	names, problems := source.FindTests(paths)
	for _, p := range problems {
		if p.Missing {
			return nil, fmt.Errorf("%s: %s", p.File.Name, p.Message)
		}
	}
	c.unread = diag.Problems(problems).Unread()
	reportFindings(cmd, c.unread, diag.Error)
	if len(names) == 0 {
		where := "."
		if len(paths) > 0 {
			where = strings.Join(paths, ", ")
		}
		return nil, fmt.Errorf("no tests in %s: request tests are files named NAME_test.yaml", where)
	}
	return names, nil
}

// verdict tells of mistakes on standard error and makes the exit code of a report.
func (c *testCommand) verdict(cmd *cobra.Command, r *suite.Report) error {
	reported := map[any]bool{}
	for _, f := range r.Files {
		reportFindings(cmd, f.Broken, diag.Error)
		if f.World != nil && !reported[f.World] {
			reported[f.World] = true
			reportFindings(cmd, f.World.Found, diag.Error)
		}
	}
	switch {
	case r.Broken() || len(c.unread) > 0:
		say(cmd, "sem: some tests could not be read")
		return errReported
	case c.only != "" && r.Requests() == 0:
		return fmt.Errorf("--run %q fits the name of no test", c.only)
	case r.Coverage != nil && r.Coverage.Percent() < c.floor:
		say(cmd, "sem: the coverage of %.1f%% is below the floor of %g%%", r.Coverage.Percent(), c.floor)
		return errNo
	case r.Failed():
		return errNo
	}
	return nil
}
