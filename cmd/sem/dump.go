package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/envoy"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/render"
	"sem.example/simulate"
)

// The stages that dump can print, in the order in which they run.
var stages = []string{"source", "mesh", "view", "snapshot", "origins"}

// newDump prints the value between two stages. It is for those who work on sem, and hidden from the others.
func newDump() *cobra.Command {
	var inputs inputFlags
	var proxy proxyFlags
	var stage string
	cmd := &cobra.Command{
		Use:    "dump --stage STAGE [flags] [PATH...]",
		Short:  "Print the output of a stage of the pipeline",
		Hidden: true,
		RunE: func(cmd *cobra.Command, paths []string) error {
			world, err := inputs.load(cmd, paths)
			if err != nil {
				return err
			}
			p, err := proxy.in(world, inputs.namespace)
			if err != nil {
				return err
			}
			var buf bytes.Buffer
			if err := dumpStage(&buf, world, stage, p); err != nil {
				return err
			}
			_, err = io.WriteString(cmd.OutOrStdout(), quoteLines(buf.String(), stage))
			return err
		},
	}
	inputs.add(cmd)
	proxy.add(cmd)
	cmd.Flags().StringVar(&stage, "stage", "source", strings.Join(stages, ", "))
	return cmd
}

// quoteLines quotes what a terminal or log could take for more than text. A snapshot is JSON, which is quoted already.
func quoteLines(text, stage string) string {
	if stage == "snapshot" {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = output.Quote(line)
	}
	return strings.Join(lines, "\n")
}

func dumpStage(to *bytes.Buffer, world *pipeline.World, stage string, p simulate.Proxy) error {
	switch stage {
	case "source":
		return dumpSource(to, world.Input.Documents)
	case "mesh":
		return world.Mesh.Dump(to)
	case "view", "snapshot", "origins":
	default:
		return fmt.Errorf("unknown stage %q: use one of %s", stage, strings.Join(stages, ", "))
	}
	if stage == "view" {
		view, err := world.View(p)
		if err != nil {
			return err
		}
		return view.Dump(to)
	}
	compiler, err := world.Compile(p)
	if err != nil {
		return err
	}
	snapshot := compiler.Snapshot()
	if stage == "snapshot" {
		return render.JSON(to, snapshot, render.Options{Origins: snapshot.Origins, SourceMap: true})
	}
	return dumpOrigins(to, snapshot.Origins)
}

// dumpSource prints each document with the line of every scalar.
func dumpSource(to *bytes.Buffer, docs []*source.Document) error {
	for _, d := range docs {
		fmt.Fprintf(to, "%s#%d %s\n", output.Quote(d.File.Name), d.Index, output.Quote(d.Kind+" "+d.Namespace+"/"+d.Name))
		dumpFields(to, d)
	}
	return nil
}

// dumpFields prints the fields of a document. Of a Secret only what names it is printed: annotations can hold its data too.
func dumpFields(to *bytes.Buffer, d *source.Document) {
	if d.Kind != "Secret" {
		dumpNode(to, "", d.Tree())
		return
	}
	for _, f := range d.Tree().Fields {
		switch f.Key {
		case "apiVersion", "kind", "type", "immutable":
			dumpNode(to, f.Key, f.Value)
		default:
			fmt.Fprintf(to, "  %d:%d %s left out\n", f.Range.Line, f.Range.Column, output.Quote(f.Key))
		}
	}
}

func dumpNode(to *bytes.Buffer, path string, n *source.Node) {
	for _, f := range n.Fields {
		dumpNode(to, source.Join(path, f.Key), f.Value)
	}
	for i, item := range n.Items {
		dumpNode(to, source.Index(path, i), item)
	}
	if len(n.Fields)+len(n.Items) == 0 {
		fmt.Fprintf(to, "  %d:%d %s = %s %q\n", n.Range.Line, n.Range.Column, output.Quote(path), n.Kind, n.Text)
	}
}

// dumpOrigins prints an address a line, with the fields behind it.
func dumpOrigins(to *bytes.Buffer, origins envoy.Origins) error {
	for _, at := range slices.Sorted(maps.Keys(origins)) {
		fmt.Fprintln(to, output.Quote(string(at)))
		for _, o := range origins[at] {
			place := fmt.Sprintf("%s %s/%s %s", o.Object.Kind, o.Object.Namespace, o.Object.Name, o.Field)
			if at := o.Place().Position(); o.Doc != nil {
				place = fmt.Sprintf("%s:%d %s", at.File, at.Line, place)
			}
			fmt.Fprintf(to, "  %s %s %s\n", o.Role, output.Quote(place), output.Quote(o.Note))
		}
	}
	return nil
}
