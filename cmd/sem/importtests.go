package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/recipe"
	"sem.example/internal/source"
	"sem.example/internal/suite"
)

const importTestsHelp = `Tests converts the tests of istio-config-validator (testCases with a request,
wantMatch and the expected VirtualService rule) to request tests. Expectations
about the rule become expectations about the outcome of the request.

These tests do not name the client: set it with --from or --gateway. What
cannot be converted is reported on standard error.`

const importTestsExample = `  # print
  sem import tests mesh/example_test.yml --gateway istio-system/ingressgateway

  # one test file for each input file, beside the configuration
  sem import tests tests/*.yml --from shop/web --out mesh/`

type importTestsCommand struct {
	from, gateway, out string
	force              bool
}

func newImportTests() *cobra.Command {
	var c importTestsCommand
	cmd := &cobra.Command{
		Use:     "tests [flags] FILE...",
		Short:   "Convert tests of istio-config-validator to request tests",
		Long:    importTestsHelp,
		Example: importTestsExample,
		RunE:    c.run,
	}
	flags := cmd.Flags()
	flags.StringVar(&c.from, "from", "", "the workload that makes the requests, as `NAMESPACE/NAME` (default: default/client)")
	flags.StringVar(&c.gateway, "gateway", "", "the gateway that the requests arrive at, as `NAMESPACE/NAME`")
	cmd.MarkFlagsMutuallyExclusive("from", "gateway")
	titled(cmd, "Who asks")
	flags.StringVar(&c.out, "out", "", "`FOLDER` to write to, a file for each that is read; it is made where it is missing (default: one file to standard output)")
	flags.BoolVar(&c.force, "force", false, "overwrite existing files")
	titled(cmd, "Output")
	return cmd
}

func (c *importTestsCommand) run(cmd *cobra.Command, names []string) error {
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	if len(names) == 0 {
		return errors.New("name the files of tests to import")
	}
	all := &suite.Imported{Client: c.client()}
	var files []recipe.File
	for _, name := range names {
		one := all
		if c.out != "" {
			one = &suite.Imported{Client: c.client()}
		}
		if err := c.add(cmd, one, name); err != nil {
			return err
		}
		if c.out != "" && one.Len() > 0 {
			files = append(files, recipe.File{Name: filepath.Join(c.out, testName(name)), Data: one.Bytes()})
		}
	}
	if c.out != "" {
		return c.write(cmd, files)
	}
	if all.Len() == 0 {
		return errors.New("there is no test that could be carried over")
	}
	_, err := bytes.NewReader(all.Bytes()).WriteTo(cmd.OutOrStdout())
	return err
}

// client says who makes the requests, in the words of a file of tests.
func (c *importTestsCommand) client() string {
	if c.gateway != "" {
		return "gateway: " + c.gateway
	}
	return "from: " + cmp.Or(c.from, "default/client")
}

// add adds the tests of a file and tells what of it is lost.
func (c *importTestsCommand) add(cmd *cobra.Command, to *suite.Imported, name string) error {
	data, err := readWhole(cmd, name)
	if err != nil {
		return err
	}
	remarks, found := to.Add(&source.File{Name: name, Data: data})
	for _, r := range remarks {
		say(cmd, "%s:%d:%d: not converted: %s", r.File.Name, r.Range.Line, r.Range.Column, r.Text)
	}
	if len(found) > 0 {
		reportFindings(cmd, found, diag.Error)
		return fmt.Errorf("%s could not be read", name)
	}
	return nil
}

func (c *importTestsCommand) write(cmd *cobra.Command, files []recipe.File) error {
	if err := writeAll(c.out, files, c.force); err != nil {
		return err
	}
	for _, f := range files {
		say(cmd, "wrote %s", filepath.ToSlash(f.Name))
	}
	return nil
}

// testName is the name by which a file of tests is known as one.
func testName(name string) string {
	base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	return strings.TrimSuffix(base, "_test") + "_test.yaml"
}
