package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/serve"
	"sem.example/internal/source"
)

const reportHelp = `Report writes one HTML file that loads nothing: a picture of the mesh, findings
with the YAML beside them, traces of requests with their pictures and with why
candidates were rejected, the results of the request tests below the paths, and
with --since what a change affects. It is light or dark as the reader prefers.

With --serve, a browser on this machine shows it, follows changes of the files
and traces requests that you type. The address has a random token, and requests
of other pages are refused. The server ends with the terminal.`

const reportExample = `  # a file to attach
  sem report examples/canary > report.html

  # with requests, and what the last commit changed
  sem report examples/canary --from shop/web http://reviews/ \
      --since git:HEAD~1:examples/canary -o html=report.html

  # while you edit
  sem report examples/canary --serve`

type reportCommand struct {
	inputs  inputFlags
	from    []string
	gateway []string
	since   string
	serve   bool
	listen  string
	out     stringList
	search  diff.Limits
}

func newReport() *cobra.Command {
	var c reportCommand
	cmd := &cobra.Command{
		Use:     "report [flags] [PATH...] [URL...]",
		Short:   "Write findings, traces, tests and changes as one HTML file, or serve it",
		Long:    reportHelp,
		Example: reportExample,
		RunE:    c.run,
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&c.from, "from", nil, "client `WORKLOAD` of the requests, named as for trace (repeatable)")
	flags.StringArrayVar(&c.gateway, "gateway", nil, "gateway `WORKLOAD` that receives the requests (repeatable)")
	flags.StringVar(&c.since, "since", "", "also show what changed since `OLD`: a file or folder, or git:REF or git:REF:PATH")
	titled(cmd, "Scope")
	c.inputs.add(cmd)
	addSearchLimit(cmd, &c.search)
	flags.VarP(&c.out, "output", "o", "`FORMAT` or FORMAT=FILE: html (default: html, to standard output)")
	flags.BoolVar(&c.serve, "serve", false, "serve the report to a browser on this machine, and follow changes of the files")
	flags.StringVar(&c.listen, "listen", "127.0.0.1:0", "with --serve: loopback `ADDRESS` to listen on; port 0 is any that is free")
	titled(cmd, "Output")
	return cmd
}

func (c *reportCommand) run(cmd *cobra.Command, args []string) error {
	settings, err := useSettings(cmd)
	if err != nil {
		return err
	}
	if len(c.out.values) == 0 {
		c.out.values = []string{"html"}
	}
	outputs, err := parseOutputs(c.out.values, []string{"html"})
	if err != nil {
		return err
	}
	b := reportBuilder{reportCommand: c, cmd: cmd, policy: settings.Policy}
	for _, arg := range args {
		if strings.Contains(arg, "://") {
			b.urls = append(b.urls, arg)
		} else {
			b.paths = append(b.paths, arg)
		}
	}
	if c.serve {
		if cmd.Flags().Changed("output") {
			return errors.New("--serve and --output are mutually exclusive: each is where the report goes")
		}
		return c.live(cmd, &b)
	}
	if err := b.readInput(); err != nil {
		return err
	}
	page, err := b.page()
	if err != nil {
		return err
	}
	err = emit(cmd, outputs, func(_ string, _ output.Look, to *bytes.Buffer) error { return output.HTML(to, page) })
	if err == nil && (len(page.Findings.Findings.Unread()) > 0 || page.Tests != nil && page.Tests.Broken()) {
		say(cmd, "sem: some files could not be read; the report says which")
		return errReported
	}
	return err
}

// live serves the report until the terminal ends it.
func (c *reportCommand) live(cmd *cobra.Command, b *reportBuilder) error {
	paths := slices.Concat(c.inputs.files.values, b.paths)
	if slices.Contains(paths, "-") {
		return errors.New("--serve follows files: it cannot read standard input")
	}
	if len(paths) == 0 && c.inputs.kustomize == "" {
		paths = []string{"."}
	}
	if c.inputs.kustomize != "" {
		paths = append(paths, c.inputs.kustomize)
	}
	if err := b.readInput(); err != nil {
		return err
	}
	server, err := serve.New(c.listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	server.Policy = output.PagePolicy(true)
	server.Seen = func() string { return serve.Files(paths) }
	pages := livePages{builder: b, seen: server.Seen}
	server.Page = pages.page
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n", server.URL())
	say(cmd, "open this address in a browser; end with Ctrl-C")
	ctx, end := untilClosed(cmd)
	defer end()
	return server.Serve(ctx)
}

// fileMap are files by their names.
func fileMap(in *source.Input) map[string]*source.File {
	out := map[string]*source.File{}
	if in != nil {
		for _, f := range in.Files {
			out[f.Name] = f
		}
	}
	return out
}

// readInput reads standard input once, as a report reads its input several times.
func (b *reportBuilder) readInput() error {
	opts, err := b.inputs.options(b.cmd, b.paths)
	if err != nil {
		return err
	}
	opts.Cache = &pipeline.Cache{} // the input is read to be checked and to be asked about, and again for the next page
	if b.opts = opts; b.serve {
		return nil
	}
	b.opts = piped(b.cmd.InOrStdin(), opts)
	if slices.Contains(b.opts.Paths, "-") {
		b.stdin, err = io.ReadAll(b.opts.Stdin)
	}
	return err
}

// options are what is read, from the beginning.
func (b *reportBuilder) options() pipeline.Options {
	opts := b.opts
	opts.Stdin = bytes.NewReader(b.stdin)
	return opts
}

// changes compares the world with --since.
func (b *reportBuilder) changes(page *output.Page) error {
	if b.since == "" {
		return nil
	}
	side := diffCommand{inputs: b.inputs, keep: true}
	side.inputs.files = stringList{}
	old, done, err := side.files(b.cmd, b.since, "", "")
	defer done()
	if err != nil {
		return fmt.Errorf("--since: %w", err)
	}
	page.Since, page.OldFiles = b.since, maps.Clone(fileMap(old.Input))
	page.Changes, err = explain.Compare(old, b.world, b.search, func(pipeline.Class) bool { return true })
	return err
}
