package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
)

func main() {
	verbose := flag.Bool("v", false, "name the files of the largest circle, and every type with more than ten methods")
	flag.Parse()
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	packages, err := load(".", patterns)
	if err != nil {
		fmt.Fprintln(os.Stderr, "structure:", err)
		os.Exit(1)
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "package\tfiles\tcircle\tmost methods")
	for _, p := range packages {
		p.print(out, *verbose)
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, "structure:", err)
		os.Exit(1)
	}
}

func (p *measured) print(out *tabwriter.Writer, verbose bool) {
	mark := ""
	if p.exceeding() != nil {
		mark = " !"
	}
	methods := ""
	if len(p.types) > 0 {
		methods = fmt.Sprintf("%s %d", p.types[0].name, p.types[0].methods)
	}
	fmt.Fprintf(out, "%s\t%d\t%d%s\t%s\n", p.name, p.files, len(p.circle), mark, methods)
	if !verbose {
		return
	}
	for _, t := range p.types[min(1, len(p.types)):] {
		if t.methods > 10 {
			fmt.Fprintf(out, "\t\t\t%s %d\n", t.name, t.methods)
		}
	}
	if len(p.circle) > 0 {
		fmt.Fprintf(out, "\t%s\n", strings.Join(p.circle, " "))
	}
}
