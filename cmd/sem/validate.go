package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/validate"
)

const validateHelp = `Validate checks each resource against the schema of its kind, and how the
resources fit together: references, ports, protocols, TLS, precedence,
visibility and routing. 'sem checks' lists the checks.`

const validateExample = `  # a folder and all below it; without one, the current folder
  sem validate examples/canary

  # a running cluster; istio-io is every kind of Istio: VirtualServices,
  # Gateways, Sidecars, PeerAuthentications …
  kubectl get namespaces,services,endpointslices,pods,istio-io -A -o yaml |
      sem validate -

  # the output of a chart
  helm template charts/shop | sem validate -

  # in CI: annotations of the change, and a report beside them
  sem validate examples/canary -o github -o sarif=sem.sarif --fail-on warning

  # only what a change introduces
  sem validate examples/canary --baseline git:HEAD

  # the safe fixes as a patch; without --diff, in the files
  sem validate --fix --diff examples/canary`

type validateCommand struct {
	inputs   inputFlags
	out      stringList
	each     bool
	registry string
	failOn   string
	quiet    bool
	fixes    bool
	diff     bool
	enable   []string
	disable  []string
	severity map[string]string
	baseline string
	all      bool
	policy   diag.Policy
	settings *settings
}

func newValidate() *cobra.Command { return new(validateCommand).command() }

// command is the command, with flags that set c.
func (c *validateCommand) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:         "validate [flags] [PATH...]",
		Short:       "Check resources and how they fit together",
		Long:        validateHelp,
		Example:     validateExample,
		Annotations: map[string]string{answerNo: "findings at or above --fail-on"},
		RunE:        c.run,
	}
	c.inputs.add(cmd)
	flags := cmd.Flags()
	flags.VarP(&c.out, "output", "o", "`FORMAT` or FORMAT=FILE: text, json, sarif, junit, github or gitlab (repeatable)")
	flags.BoolVar(&c.each, "each", false, "validate each file independently")
	flags.StringVar(&c.registry, "registry", "", "`STATE` of hosts missing from the input: open (unknown) or closed (errors); default: open, except for namespaces read from a cluster")
	flags.StringVar(&c.failOn, "fail-on", "error", "lowest `SEVERITY` that fails the run: error, warning, info or none")
	flags.StringSliceVar(&c.disable, "disable", nil, "`CHECKS` to disable: IDs, ID prefixes, or codes of other tools")
	flags.StringSliceVar(&c.enable, "enable", nil, "`CHECKS` to enable, even if the settings disable them")
	flags.StringToStringVar(&c.severity, "severity", nil, "set the severity of checks: `CHECK=SEVERITY`, for example SEM124=warning")
	flags.StringVar(&c.baseline, "baseline", "", "report only findings that are not in `BASELINE`: a file written by -o json, or git:REF")
	flags.BoolVar(&c.fixes, "fix", false, "fix what has one safe fix, in the files; report what is left")
	flags.BoolVar(&c.diff, "diff", false, "with --fix: print the fixes as a patch for git apply, write nothing, and report on standard error")
	flags.BoolVar(&c.all, "all", false, "explain all findings, and show all in text; by default the first 200 of a check")
	flags.BoolVarP(&c.quiet, "quiet", "q", false, "print nothing; use the exit code")
	titled(cmd, "Findings")
	return cmd
}

func (c *validateCommand) run(cmd *cobra.Command, paths []string) error {
	var err error
	if c.settings, err = applySettings(cmd); err != nil {
		return err
	}
	if c.policy, err = c.wanted(c.settings.Policy); err != nil {
		return err
	}
	if _, err := fails(nil, c.failOn); err != nil {
		return err
	}
	formats := append([]string{"text"}, slices.Sorted(maps.Keys(output.ReportFormats))...)
	outputs, err := parseOutputs(c.out.values, formats)
	if err != nil {
		return err
	}
	report, err := c.report(cmd, paths)
	if report == nil {
		return err
	}
	notWritten := err
	if !c.quiet {
		reportSilenced(cmd, outputs, report)
		err = emit(cmd, outputs, func(format string, look output.Look, to *bytes.Buffer) error {
			if print, ok := output.ReportFormats[format]; ok {
				return print(to, report)
			}
			look.All = c.all
			return output.Report(to, report, look)
		})
		if err != nil {
			return err
		}
	}
	failed, err := fails(report.Findings, c.failOn)
	switch {
	case notWritten != nil:
		return notWritten
	case err != nil:
		return err
	case len(c.settings.Found) > 0 || report.Findings.Unreadable():
		return errReported
	case failed:
		return errNo
	}
	return nil
}

// report validates the paths, and fixes what it is to fix. Where a fixed file cannot be written, there are a report and an error.
func (c *validateCommand) report(cmd *cobra.Command, paths []string) (*diag.Report, error) {
	if c.diff && !c.fixes {
		return nil, errors.New("--diff shows fixes: use it with --fix")
	}
	if c.registry != "" && c.registry != string(validate.Open) && c.registry != string(validate.Closed) {
		return nil, fmt.Errorf("--registry %q: use open or closed", c.registry)
	}
	opts, err := c.inputs.options(cmd, paths)
	if err != nil {
		return nil, err
	}
	opts = piped(cmd.InOrStdin(), opts)
	if !c.fixes {
		return c.validate(cmd, opts)
	}
	report, files, err := c.fix(cmd, opts)
	switch {
	case err != nil:
		return nil, err
	case c.diff:
		err = printPatch(cmd, files)
		cmd.SetOut(cmd.ErrOrStderr()) // the report would spoil the patch
	default:
		if err = c.writeFixed(cmd, files); err != nil {
			return c.written(cmd, opts, err)
		}
	}
	return report, err
}

// written is the report of the files as they are where some could not be written, with the reason.
func (c *validateCommand) written(cmd *cobra.Command, opts pipeline.Options, reason error) (*diag.Report, error) {
	report, err := c.validate(cmd, opts)
	if err != nil {
		return nil, errors.Join(reason, err)
	}
	report.Edited = true
	return report, reason
}

// reportSilenced names on standard error what the settings file silences, where no format for people does.
func reportSilenced(cmd *cobra.Command, outputs []outputFile, report *diag.Report) {
	people := func(t outputFile) bool { return t.file == "" && (t.format == "text" || t.format == "json") }
	if slices.ContainsFunc(outputs, people) {
		return
	}
	for _, line := range output.Silenced(report) {
		fmt.Fprintln(cmd.ErrOrStderr(), line)
	}
}

// watched validates; a terminal shows how far that is.
func (c *validateCommand) watched(cmd *cobra.Command, opts pipeline.Options, how pipeline.ValidateOptions) (*diag.Report, error) {
	if !c.quiet {
		progress := output.StartProgress(cmd.ErrOrStderr())
		defer progress.Done()
		opts.Watch = progress.Watch
	}
	return pipeline.Validate(opts, how)
}

// errNothing is for folders that hold nothing to check.
var errNothing = errors.New("nothing to check: the folders contain no YAML, JSON or CUE files")

// validate runs the checks and compares with the baseline.
func (c *validateCommand) validate(cmd *cobra.Command, opts pipeline.Options) (*diag.Report, error) {
	how := pipeline.ValidateOptions{Each: c.each, Registry: validate.Registry(c.registry), Policy: c.policy, All: c.all}
	report, err := c.watched(cmd, opts, how)
	if err != nil {
		return nil, err
	}
	if report.Files == 0 && len(report.Findings) == 0 {
		return nil, errNothing // a wrong path must not pass for a clean folder
	}
	report.Findings = append(slices.Clip(c.settings.Found), report.Findings...)
	report.FailOn.Severity = c.failOn
	if c.settings.inForce("fail-on") {
		report.FailOn.By = c.settings.File
	}
	if c.baseline == "" {
		return report, nil
	}
	opts.Edited = nil
	earlier, err := baseline(c.baseline, opts, how)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	report.Since(earlier)
	if c.settings.inForce("baseline") {
		report.SilencedByBaseline(c.settings.File)
	}
	return report, nil
}

// wanted joins the settings file's policy and what the flags say.
func (c *validateCommand) wanted(p diag.Policy) (diag.Policy, error) {
	for _, code := range c.disable {
		if err := silenceable(code); err != nil {
			return p, fmt.Errorf("--disable: %w", err)
		}
	}
	for _, code := range c.enable {
		if _, err := checksNamed(code); err != nil {
			return p, fmt.Errorf("--enable: %w", err)
		}
	}
	p.Disable = append(slices.Clip(p.Disable), c.disable...)
	p.Enable = append(slices.Clip(p.Enable), c.enable...)
	graded := map[string]diag.Severity{}
	for _, code := range slices.SortedFunc(maps.Keys(c.severity), func(a, b string) int { return len(a) - len(b) }) {
		if err := grade(graded, code, c.severity[code]); err != nil {
			return p, fmt.Errorf("--severity: %w", err)
		}
	}
	if p.Severity == nil {
		p.Severity = map[string]diag.Severity{}
	}
	for id, s := range graded {
		p.Severity[id] = s
		delete(p.File.Severity, id)
	}
	return p, nil
}

// ranks orders the severities, the gravest highest.
var ranks = map[string]int{"error": 3, "warning": 2, "info": 1}

// fails reports whether a list has findings at or above a severity.
func fails(found diag.List, limit string) (bool, error) {
	least, ok := ranks[limit]
	if !ok && limit != "none" {
		return false, fmt.Errorf("--fail-on %q%s: use error, warning, info or none", limit, meant(limit, []string{"error", "warning", "info", "none"}))
	}
	for i := range found {
		if ok && found[i].Suppressed == nil && !found[i].Unchanged && ranks[string(found[i].Level())] >= least {
			return true, nil
		}
	}
	return false, nil
}
