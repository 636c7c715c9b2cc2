package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
)

func newConfig() *cobra.Command {
	var c configCommand
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the effective settings and the file that they come from",
		Long: `Config prints the settings in force, the file that they come from, and the
worlds of the input. The file is the nearest ` + settingsName + ` in the current folder
or above it, up to the root of the repository:

  mesh-config: istio/mesh.yaml   # paths are relative to the file
  fail-on: warning
  disable: [SEM147]              # IDs, ID prefixes, codes of other tools
  severity: {SEM124: warning}
  worlds:                        # files that are validated as one mesh
    - {name: prod, paths: [clusters/prod, common]}
  ignore:
    - check: SEM153
      kind: DestinationRule      # kind, namespace, name and path take "*"
      path: legacy/**
      reason: replaced next quarter

Flags on the command line take precedence over the file. Only these keys are
allowed in it:

` + keysHelp(),
		Example: `  sem config`,
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := applySettings(cmd)
			if err != nil {
				return err
			}
			if _, err = fmt.Fprint(cmd.OutOrStdout(), s.text()); err != nil {
				return err
			}
			if err := c.worlds(cmd); err != nil {
				return err
			}
			if len(s.Found) > 0 {
				reportFindings(cmd, s.Found, diag.Info)
				return errReported
			}
			return nil
		},
	}
	c.inputs.add(cmd)
	return cmd
}

type configCommand struct{ inputs inputFlags }

// worldRule is how an input is divided, in the words of the help.
const worldRule = `# Worlds of the input. A world is a set of files that belong together and are
# validated on their own, such as those of one environment:
#   - each entry of 'worlds' in the settings
#   - each kustomization that no other one includes, as kustomize builds it
#   - the other files. Two files that define the same resource are alternatives;
#     in different folders, the subfolders of their common parent are. The first
#     world has the largest alternative and all files without one; each other
#     alternative is a world in which it replaces what it contradicts
#   - each file of test data: of a folder testdata, test-data, test_data, tests,
#     fixtures or datasets below a path that was passed, unless resources are
#     directly beside the folder
# --world NAME selects one.
`

// worlds prints the rule by which the input is divided, and the worlds that it has.
func (c *configCommand) worlds(cmd *cobra.Command) error {
	opts, err := c.inputs.options(cmd, nil)
	if err != nil {
		return err
	}
	worlds, err := pipeline.Worlds(opts)
	if err != nil {
		return err
	}
	to := cmd.OutOrStdout()
	fmt.Fprint(to, worldRule)
	for len(worlds) > 0 {
		w, n := worlds[0], 1
		switch {
		case w.Tests != "":
			n += slices.IndexFunc(append(worlds[1:], pipeline.WorldFiles{}), func(o pipeline.WorldFiles) bool { return o.Tests != w.Tests })
			fmt.Fprintf(to, "# test data in %s: %s\n", output.Quote(w.Tests), worldsOf(n))
		case w.Files == 1:
			fmt.Fprintf(to, "# world %s: 1 file\n", output.Quote(w.Name))
		default:
			fmt.Fprintf(to, "# world %s: %d files\n", output.Quote(w.Name), w.Files)
		}
		worlds = worlds[n:]
	}
	return nil
}

// worldsOf says how many worlds a folder of test data has.
func worldsOf(n int) string {
	if n == 1 {
		return "1 world, named after its file"
	}
	return fmt.Sprintf("%d worlds, named after their files", n)
}

// keysHelp lists the keys of a settings file by their groups.
func keysHelp() string {
	var b strings.Builder
	for _, group := range []string{keysRead, keysJudge, keysLook} {
		var names []string
		for _, k := range settingKeys {
			if k.group == group {
				names = append(names, k.name)
			}
		}
		fmt.Fprintf(&b, "  %s:\n", group)
		hang(&b, "    ", strings.Join(names, ", "))
	}
	return strings.TrimRight(b.String(), "\n")
}

// text prints settings in the form of their file.
func (s *settings) text() string {
	if s.File == "" {
		return "# no " + settingsName + " here or above: every setting has its default\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# from %s\n", output.Quote(s.File))
	for _, f := range s.Flags {
		if f.flag == definedWorlds {
			fmt.Fprintf(&b, "worlds: %q\n", f.value)
			continue
		}
		fmt.Fprintf(&b, "%s: %q\n", f.flag, f.value)
	}
	list := func(key string, values []string) {
		if len(values) > 0 {
			fmt.Fprintf(&b, "%s: [%s]\n", key, strings.Join(values, ", "))
		}
	}
	list("disable", s.Policy.Disable)
	list("enable", s.Policy.Enable)
	if len(s.Policy.Severity) > 0 {
		b.WriteString("severity:\n")
	}
	for _, id := range slices.Sorted(maps.Keys(s.Policy.Severity)) {
		fmt.Fprintf(&b, "  %s: %s\n", id, s.Policy.Severity[id])
	}
	if len(s.Policy.Ignore) > 0 {
		b.WriteString("ignore:\n")
	}
	for _, e := range s.Policy.Ignore {
		fmt.Fprintf(&b, "  - {%s}\n", exception(e))
	}
	return b.String()
}

// exception prints the fields of an exception that are set.
func exception(e diag.Exception) string {
	var fields []string
	for _, f := range [][2]string{
		{"check", e.Check}, {"kind", e.Kind}, {"namespace", e.Namespace}, {"name", e.Name}, {"path", e.Path}, {"reason", e.Reason},
	} {
		if f[1] != "" {
			fields = append(fields, fmt.Sprintf("%s: %q", f[0], f[1]))
		}
	}
	return strings.Join(fields, ", ")
}
