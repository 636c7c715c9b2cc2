package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/recipe"
	"sem.example/internal/source"
)

// conversionFlags are those of the commands that write documents down in another language.
type conversionFlags struct {
	files stringList
	cue   source.CUELimits
	out   string
	force bool
}

func (f *conversionFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.VarP(&f.files, "filename", "f", "file or folder `PATH`, read recursively; '-' is standard input (repeatable)")
	addCUELimit(cmd, &f.cue)
	titled(cmd, "Input")
	flags.StringVar(&f.out, "out", "", "`FOLDER` to write to, one file for each input file; created if missing (default: standard output)")
	flags.BoolVar(&f.force, "force", false, "overwrite existing files")
	titled(cmd, "Output")
}

func (f *conversionFlags) options(cmd *cobra.Command, paths []string) pipeline.Options {
	return limited(pipeline.Options{Paths: append(append([]string{}, f.files.values...), paths...), Stdin: cmd.InOrStdin(), CUE: f.cue})
}

// convert writes the documents of a report: to standard output as one, or to the folder in files of an extension that lie as
// those that were read lie below the paths.
func (f *conversionFlags) convert(cmd *cobra.Command, report *diag.Report, paths []string, extension string, write func([]*source.Document) []byte) error {
	if err := refuseErrors(cmd, report); err != nil {
		return err
	}
	if n := secrets(report.Input.Documents); n > 0 {
		say(cmd, "Secrets in the output, with their data: %d", n)
	}
	if f.out == "" {
		_, err := cmd.OutOrStdout().Write(write(report.Input.Documents))
		return err
	}
	var files []recipe.File
	taken := map[string]string{}
	for _, group := range byFile(report.Input.Documents) {
		name := filepath.Join(f.out, replaceExtension(below(paths, group[0].File.Name), extension))
		if other := taken[name]; other != "" {
			return fmt.Errorf("%s and %s would both become %s: name them in two runs", other, group[0].File.Name, name)
		}
		taken[name] = group[0].File.Name
		files = append(files, recipe.File{Name: name, Data: write(group)})
	}
	if err := writeAll(f.out, files, f.force); err != nil {
		return err
	}
	for _, file := range files {
		say(cmd, "wrote %s", filepath.ToSlash(file.Name))
	}
	return nil
}

// secrets counts the Secrets among documents.
func secrets(docs []*source.Document) int {
	n := 0
	for _, d := range docs {
		if d.Kind == "Secret" {
			n++
		}
	}
	return n
}

// refuseErrors prints findings to standard error, and says no where one is an error: what is written must be whole.
func refuseErrors(cmd *cobra.Command, report *diag.Report) error {
	if len(report.Findings) == 0 {
		return nil
	}
	var text bytes.Buffer
	columns, _ := output.Terminal(cmd.ErrOrStderr())
	if err := output.Report(&text, report, output.Look{Width: columns}); err != nil {
		return err
	}
	if _, err := text.WriteTo(cmd.ErrOrStderr()); err != nil {
		return err
	}
	if report.Count(diag.Error) > 0 {
		printError(cmd, fmt.Errorf("nothing is written: errors in the input"))
		return errNo
	}
	return nil
}

// byFile groups documents that follow each other in one file.
func byFile(docs []*source.Document) [][]*source.Document {
	var groups [][]*source.Document
	for i, d := range docs {
		if i == 0 || d.File != docs[i-1].File {
			groups = append(groups, nil)
		}
		last := &groups[len(groups)-1]
		*last = append(*last, d)
	}
	return groups
}

// below is the name of a file relative to the path that it was found under.
func below(paths []string, name string) string {
	for _, path := range append(paths, ".") {
		rel, err := filepath.Rel(path, name)
		if err == nil && rel != "." && filepath.IsLocal(rel) {
			return rel
		}
	}
	return filepath.Base(name)
}

func replaceExtension(name, extension string) string {
	return strings.TrimSuffix(name, filepath.Ext(name)) + extension
}
