package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sem.example/internal/diag"
	"sem.example/internal/recipe"
)

const newHelp = `New writes configuration for a common task: resources that pass validation,
and a request test for them. Each recipe is a subcommand; its --help lists the
parameters. On a terminal, New asks for missing parameters.

Existing files are only overwritten with --force. Either all files are written
or none.`

const newExample = `  # list the recipes
  sem new

  # print instead of writing
  sem new external-http --host api.example.com --dry-run

  # write into a folder and run the test
  sem new canary --service reviews -n shop --dir mesh/
  sem test mesh/`

func newNew(recipes []*recipe.Recipe) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "new RECIPE",
		Short:   "Write configuration for a common task, with a request test",
		Long:    newHelp,
		Example: newExample,
		Args:    knownRecipe,
		RunE:    listRecipes,
	}
	for _, r := range recipes {
		cmd.AddCommand(newRecipe(r))
	}
	return cmd
}

func listRecipes(cmd *cobra.Command, _ []string) error {
	for _, r := range recipe.All() {
		fmt.Fprintf(cmd.OutOrStdout(), "%-24s %s\n", r.Name, r.Summary)
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "\n'sem new RECIPE --help' shows the parameters of a recipe.")
	return nil
}

// knownRecipe refuses what is left when no recipe took the arguments.
func knownRecipe(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, r := range recipe.All() {
		names = append(names, r.Name)
	}
	if near := diag.Nearest(args[0], names); near != "" {
		return fmt.Errorf("there is no recipe %q; did you mean %q?", args[0], near)
	}
	return fmt.Errorf("there is no recipe %q: 'sem new' lists them", args[0])
}

// recipeCommand is the command of one recipe.
type recipeCommand struct {
	recipe   *recipe.Recipe
	values   map[string]string // by parameter
	dir      string
	language language
	dryRun   bool
	force    bool
}

func newRecipe(r *recipe.Recipe) *cobra.Command {
	c := &recipeCommand{recipe: r, values: map[string]string{}, language: "yaml"}
	cmd := &cobra.Command{
		Use:   r.Name + " [flags]",
		Short: r.Summary,
		Long:  r.Summary + ".\n\n" + r.Text,
		Args:  cobra.NoArgs,
		RunE:  c.run,
	}
	flags := cmd.Flags()
	for i := range r.Params {
		c.addParam(flags, &r.Params[i])
	}
	titled(cmd, "What it writes")
	flags.StringVar(&c.dir, "dir", ".", "`FOLDER` to write to; it is made where it is missing")
	flags.VarP(&c.language, "output", "o", "`LANGUAGE` of the documents: yaml or cue")
	flags.BoolVar(&c.dryRun, "dry-run", false, "print what would be written, and write nothing")
	flags.BoolVar(&c.force, "force", false, "overwrite existing files")
	titled(cmd, "Output")
	return cmd
}

// addParam makes a flag of a parameter.
func (c *recipeCommand) addParam(flags *pflag.FlagSet, p *recipe.Param) {
	text := p.Text
	if len(p.Values) > 0 {
		text += ": " + strings.Join(p.Values, " or ")
	}
	switch {
	case p.Required:
		text += " (required)"
	case p.Default != "" && !p.Switch():
		text += " (default: " + p.Default + ")"
	}
	short := ""
	if p.Name == "namespace" {
		short = "n"
	}
	flag := flags.VarPF(&paramValue{param: p, values: c.values}, p.Name, short, text)
	if p.Switch() {
		flag.NoOptDefVal = "true"
	}
}

// A paramValue is the flag of a parameter. What it may be is for the recipe to say.
type paramValue struct {
	param  *recipe.Param
	values map[string]string
}

func (v *paramValue) String() string { return "" }

func (v *paramValue) Set(value string) error {
	v.values[v.param.Name] = value
	return nil
}

func (v *paramValue) Type() string {
	if v.param.Switch() {
		return "bool"
	}
	return v.param.Type
}

// A language is what documents are written in.
type language string

func (l *language) String() string { return string(*l) }
func (l *language) Type() string   { return "language" }

func (l *language) Set(value string) error {
	if value != "yaml" && value != "cue" {
		return errors.New("use yaml or cue")
	}
	*l = language(value)
	return nil
}

func (c *recipeCommand) run(cmd *cobra.Command, _ []string) error {
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	if interactive(cmd) {
		if err := prompt(cmd, c.recipe, c.values); err != nil {
			return err
		}
	}
	made, wrong := c.recipe.Fill(c.values)
	if len(wrong) > 0 {
		return mistakes(wrong)
	}
	files := c.files(made)
	if c.dryRun {
		return print(cmd.OutOrStdout(), files)
	}
	if err := writeAll(c.dir, files, c.force); err != nil {
		return err
	}
	for _, f := range files {
		say(cmd, "wrote %s", f.Name)
	}
	reportClashes(cmd.ErrOrStderr(), c.dir, files)
	say(cmd, "\nNext steps:\n  sem validate %[1]s\n  sem test %[1]s", c.dir)
	return nil
}

// mistakes joins what is wrong with several parameters.
func mistakes(wrong []recipe.Mistake) error {
	errs := make([]error, len(wrong))
	for i := range wrong {
		errs[i] = wrong[i]
	}
	return errors.Join(errs...)
}
