package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/schema"
)

func newChecks() *cobra.Command {
	var out stringList
	cmd := &cobra.Command{
		Use:   "checks",
		Short: "List the checks of sem validate",
		Long: `Checks lists every check of sem validate: its ID, severity and title.
'sem explain ID' shows the details of one.`,
		Example: `  sem checks
  sem checks -o json`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			outputs, err := parseOutputs(out.values, []string{"text", "json", "markdown"})
			if err != nil {
				return err
			}
			return emit(cmd, outputs, func(format string, look output.Look, to *bytes.Buffer) error {
				switch format {
				case "json":
					return output.JSON(to, checkDocuments(pipeline.Checks()))
				case "markdown":
					return output.ChecksPage(to, pipeline.Checks())
				}
				return output.Checks(to, pipeline.Checks(), look)
			})
		},
	}
	cmd.Flags().VarP(&out, "output", "o", "`FORMAT` or FORMAT=FILE: text, json or markdown (repeatable)")
	return cmd
}

func newExplain() *cobra.Command {
	var out stringList
	var source bool
	cmd := &cobra.Command{
		Use:   "explain CHECK|FIELD",
		Short: "Describe a check or a field",
		Long: `Explain describes a check: what it finds, why it matters, and a wrong and right
example; or a field: its meaning, allowed values and default. A code of istioctl
analyze or Kiali selects the checks that find the same.`,
		Example: `  sem explain SEM140
  sem explain IST0134
  sem explain serviceentry.spec.resolution
  sem explain --source SEM140`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if source {
				return explainSource(cmd, args[0])
			}
			outputs, err := parseOutputs(out.values, []string{"text", "json"})
			if err != nil {
				return err
			}
			return explainTopic(cmd, outputs, args[0])
		},
	}
	cmd.Flags().VarP(&out, "output", "o", "`FORMAT` or FORMAT=FILE: text or json (repeatable)")
	cmd.Flags().BoolVar(&source, "source", false, "print the source files of sem that implement the check")
	return cmd
}

// checksOf returns the check of an ID, or those that another tool's code stands for.
func checksOf(topic string) []*diag.Check {
	var found []*diag.Check
	for _, c := range pipeline.Checks() {
		if strings.EqualFold(c.ID, topic) || slices.Contains(c.Aliases, strings.ToUpper(topic)) {
			found = append(found, c)
		}
	}
	return found
}

// explainSource prints where the checks of a topic are in the sources of sem.
func explainSource(cmd *cobra.Command, topic string) error {
	found := checksOf(topic)
	if len(found) == 0 {
		return fmt.Errorf("%q is not a check: 'sem checks' lists them", topic)
	}
	return checkSource(cmd, found)
}

// explainTopic prints the check of an ID, those that another tool's code stands for, or the field of a path.
func explainTopic(cmd *cobra.Command, outputs []outputFile, topic string) error {
	found := checksOf(topic)
	if len(found) == 0 {
		return explainField(cmd, outputs, topic)
	}
	return emit(cmd, outputs, func(format string, look output.Look, to *bytes.Buffer) error {
		switch {
		case format == "json" && len(found) == 1:
			return output.JSON(to, checkDocuments(found)[0])
		case format == "json":
			return output.JSON(to, checkDocuments(found))
		case len(found) == 1:
			return output.Check(to, found[0], look)
		}
		return output.Checks(to, found, look)
	})
}

// checkID is what the IDs of checks look like, and the codes of the tools that stand for them.
var checkID = lazy.Regexp(`(?i)^(sem|ist|kia)\d*$`)

// unexplained is the error about a topic that is neither a check nor a field.
func unexplained(topic string, err error) error {
	switch {
	case checkID().MatchString(topic):
		var near []string
		for _, c := range pipeline.Checks() {
			if strings.HasPrefix(c.ID, strings.ToUpper(topic)) {
				near = append(near, c.ID)
			}
		}
		if len(near) > 0 && len(near) <= 10 {
			return fmt.Errorf("no check is called %q; did you mean %s?", topic, strings.Join(near, ", "))
		}
		return fmt.Errorf("no check is called %q; 'sem checks' lists them", topic)
	case strings.Contains(topic, "."):
		return err
	}
	return fmt.Errorf("%q is neither a check nor a field: 'sem checks' lists the checks, and a field is written like serviceentry.spec.resolution", topic)
}

// explainField prints the documentation of a field.
func explainField(cmd *cobra.Command, outputs []outputFile, path string) error {
	field, err := schema.Explain(path)
	if err != nil {
		return unexplained(path, err)
	}
	return emit(cmd, outputs, func(format string, look output.Look, to *bytes.Buffer) error {
		if format == "json" {
			return output.JSON(to, field)
		}
		return output.Field(to, field, look)
	})
}

// A checkDocument is a check in the words of the machine formats.
type checkDocument struct {
	ID       string        `json:"id"`
	Title    string        `json:"title"`
	Severity diag.Severity `json:"severity"`
	Why      string        `json:"why"`
	Fix      string        `json:"fix"`
	Wrong    string        `json:"wrong,omitempty"`
	Right    string        `json:"right,omitempty"`
	Aliases  []string      `json:"aliases"`
	Fixable  bool          `json:"fixable,omitempty"` // by sem validate --fix, at least some findings
}

func checkDocuments(checks []*diag.Check) []checkDocument {
	all := make([]checkDocument, 0, len(checks))
	for _, c := range checks {
		all = append(all, checkDocument{
			ID: c.ID, Title: c.Title, Severity: c.Severity, Why: c.Why, Fix: c.Fix,
			Wrong: c.Wrong, Right: c.Right, Aliases: append([]string{}, c.Aliases...), Fixable: c.Fixable,
		})
	}
	return all
}
