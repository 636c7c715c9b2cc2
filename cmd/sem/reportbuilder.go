package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/explain"
	"sem.example/internal/graph"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/request"
	"sem.example/internal/serve"
	"sem.example/internal/source"
	"sem.example/internal/suite"
	"sem.example/simulate"
)

// A reportBuilder makes pages from the input as it is now.
type reportBuilder struct {
	*reportCommand
	cmd    *cobra.Command
	policy diag.Policy
	paths  []string
	urls   []string
	opts   pipeline.Options
	stdin  []byte
	world  *pipeline.World // of the last page; nil where it is about several
}

// page validates the input, runs its tests and traces the requests.
func (b *reportBuilder) page() (*output.Page, error) {
	page := &output.Page{Title: b.title()}
	var err error
	if page.Findings, err = pipeline.Validate(b.options(), pipeline.ValidateOptions{Policy: b.policy}); err != nil {
		return nil, err
	}
	world, err := pipeline.Load(b.options())
	if err != nil {
		return nil, err
	}
	page.Files = fileMap(world.Input)
	if names := world.Worlds(); len(names) > 1 && b.inputs.worlds.name == "" && len(b.urls) == 0 && b.since == "" {
		b.world, page.Worlds = nil, names
		page.Tests, err = b.tests()
		return page, err
	}
	if b.world, err = oneWorld(b.cmd, world, b.inputs.worlds.name); err != nil {
		return nil, err
	}
	if page.Mesh, err = b.mesh(page.Findings.Findings); err != nil {
		return nil, err
	}
	if page.Traces, err = b.traces(); err != nil {
		return nil, err
	}
	if page.Tests, err = b.tests(); err != nil {
		return nil, err
	}
	return page, b.changes(page)
}

// title names what the report is about.
func (b *reportBuilder) title() string {
	paths := strings.Join(b.opts.Paths, ", ")
	if paths == "." {
		paths = ""
	}
	return cmp.Or(paths, b.opts.Kustomize, "this folder")
}

// mesh is the picture of the world.
func (b *reportBuilder) mesh(found diag.List) (*graph.Graph, error) {
	classes, err := pipeline.Classes(b.world, b.world)
	if err != nil {
		return nil, err
	}
	list, err := explain.Routes(b.world, b.search, classes)
	if err != nil {
		return nil, err
	}
	g := graph.Build(b.world, "mesh", list)
	g.Unread = output.Places(found.Unread())
	g.AddFindings(found)
	g.Fold()
	return g, nil
}

// traces are those of the URLs, from each client and to each gateway that the flags name.
func (b *reportBuilder) traces() ([]output.PageTrace, error) {
	var out []output.PageTrace
	proxies := append(slices.Clone(b.from), b.gateway...)
	if len(proxies) == 0 {
		proxies = []string{""}
	}
	for _, url := range b.urls {
		for i, name := range proxies {
			kind := "sidecar"
			if i >= len(b.from) && name != "" {
				kind = "gateway"
			}
			t, err := b.trace(kind, name, url)
			if err != nil {
				return nil, err
			}
			out = append(out, *t)
		}
	}
	return out, nil
}

// trace follows a request, "[METHOD] URL", and draws its path.
func (b *reportBuilder) trace(kind, name, asked string) (*output.PageTrace, error) {
	if b.world == nil {
		return nil, errors.New("the input has several worlds: start 'sem report' with --world to trace requests in one")
	}
	words := strings.Fields(asked)
	if len(words) == 0 || len(words) > 2 {
		return nil, fmt.Errorf("%q is not [METHOD] URL", asked)
	}
	curl := request.CurlOptions{URL: words[len(words)-1]}
	if len(words) == 2 {
		curl.Method = words[0]
	}
	call, err := curl.On(simulate.Call{})
	if err != nil {
		return nil, err
	}
	if err := pipeline.CheckName(name); err != nil {
		return nil, err
	}
	if call.Proxy, err = b.world.Named(simulate.Proxy{Type: kind}, name, b.inputs.namespace); err != nil {
		return nil, err
	}
	t, err := explain.New(b.world, b.policy).Trace(call, pipeline.TraceOptions{Why: true, Follow: true})
	if err != nil {
		return nil, err
	}
	g := graph.Build(b.world, asked, explain.RequestRoutes(b.world, t))
	g.Title = output.Redact(t).Call.URL
	return &output.PageTrace{Trace: t, Graph: g}, nil
}

// tests runs the request tests below the paths; nil where there are none.
func (b *reportBuilder) tests() (*suite.Report, error) {
	names, _ := source.FindTests(b.opts.Paths) // the findings name what cannot be read
	names = slices.DeleteFunc(names, func(name string) bool { return !source.IsTest(name) })
	if len(names) == 0 {
		return nil, nil
	}
	c := testCommand{namespace: b.inputs.namespace, assume: b.inputs.assume, release: b.inputs.release, cue: b.inputs.cue, worlds: b.inputs.worlds, meshConfig: b.inputs.meshConfig}
	options, err := c.options(b.cmd)
	if err != nil {
		return nil, err
	}
	options.Within, options.Clusters = withinTested(b.opts.Paths), b.opts.Clusters
	return suite.NewRunner(options).Run(b.cmd.Context(), names)
}

// livePages are the pages of a server: the report as the files are now, and the answer to what was asked.
type livePages struct {
	builder *reportBuilder
	seen    func() string
	made    string // what was seen of the files when the page was made
	last    *output.Page
	failed  error
}

// page is the report. Where the files cannot be understood, it is that of before, and says so.
func (l *livePages) page(asked serve.Asked) ([]byte, error) {
	if now := l.seen(); now != l.made || l.last == nil {
		page, err := l.builder.page()
		l.made, l.failed = now, err
		if err == nil {
			l.last = page
		}
	}
	page := &output.Page{Title: "sem report"}
	if l.last != nil {
		copied := *l.last
		page = &copied
	}
	page.Live = &output.LivePage{From: asked.From, URL: asked.URL, Clients: l.clients()}
	if l.failed != nil {
		page.Live.Error = "the files have changed, and cannot be read: " + l.failed.Error()
	}
	if asked.URL != "" && l.last != nil {
		t, err := l.builder.trace(l.kind(asked.From), asked.From, asked.URL)
		if err != nil {
			page.Live.Error = err.Error()
		}
		page.Live.Asked = t
	}
	var b strings.Builder
	err := output.HTML(&b, page)
	return []byte(b.String()), err
}

// clients are the workloads and gateways of the world.
func (l *livePages) clients() []string {
	if l.last == nil || l.builder.world == nil {
		return nil
	}
	var out []string
	for _, o := range slices.Concat(l.builder.world.Workloads(), l.builder.world.Gateways()) {
		out = append(out, o.Namespace+"/"+o.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// kind is whether a name is that of a gateway.
func (l *livePages) kind(name string) string {
	if l.builder.world == nil {
		return "sidecar"
	}
	for _, o := range l.builder.world.Gateways() {
		if name == o.Namespace+"/"+o.Name {
			return "gateway"
		}
	}
	return "sidecar"
}

// untilClosed is a context that ends when standard input does, where that is a pipe: then whoever started the program is gone. A
// terminal ends it by a signal.
func untilClosed(cmd *cobra.Command) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(cmd.Context())
	if file, ok := cmd.InOrStdin().(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeNamedPipe == 0 {
			return ctx, cancel
		}
	}
	go func() {
		if _, err := io.Copy(io.Discard, cmd.InOrStdin()); !errors.Is(err, os.ErrClosed) {
			cancel()
		}
	}()
	return ctx, cancel
}
