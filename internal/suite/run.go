package suite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/envoy"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
	"sem.example/internal/release"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// Options say what is run and how.
type Options struct {
	Namespace  string          // of documents that name none, where a file of tests does not say
	MeshConfig string          // the mesh's settings, where a file of tests does not say
	Release    release.Release // of Istio
	ReleaseBy  string          // who asks for it, as in [pipeline.Options]
	Assume     pipeline.Assume
	CUE        source.CUELimits // what CUE files may cost
	Builder    []string         // builds kustomizations, see [pipeline.Options]
	World      string           // that is tested, where the configuration has several
	Worlds     []pipeline.NamedWorld
	Clusters   []pipeline.Cluster // what was read of a running cluster, below the configuration of the files
	Edited     map[string][]byte  // texts of the configuration to read in place of those of files, by name
	Kustomize  string             // the folder of a kustomization that is tested, in place of the configuration of the files

	// Within reports whether the configuration of a file of tests may be at a path; nil allows all.
	Within   func(path string) bool
	Only     *regexp.Regexp // cases to run, by "name" or "name: request"; nil runs all
	FailFast bool           // stop at the first failure
	Judge    func() Judge   // makes the judge of a file's traces; nil runs without one
}

// A Judge says where a trace differs from what a real proxy does.
type Judge interface {
	// Disagreements compares the first hop of a trace; resources are those of its proxy.
	Disagreements(ctx context.Context, t *simulate.Trace, resources func() (*envoy.Snapshot, error)) ([]string, error)
	Close()
}

// A Report is what became of all tests.
type Report struct {
	Files    []*FileResult
	Coverage *Coverage // nil where nobody asks for it
}

// A FileResult is what became of the tests of a file.
type FileResult struct {
	File    *File
	World   *pipeline.World // what the tests are about; nil where there is nothing to run
	Broken  diag.List       // what the file gets wrong
	Results []Result
	Stopped bool // a failure ended the run before its last test
}

// A Result is what became of one request.
type Result struct {
	Case     *Case
	Request  Request
	Trace    *simulate.Trace // nil for what is skipped
	Failures []Failure
}

// Name is the name of the case and, where the case has several, of the request.
func (r *Result) Name() string {
	if r.Request.Name == "" {
		return r.Case.Name
	}
	return r.Case.Name + ": " + r.Request.Name
}

// Skipped reports whether the request was not made, as the case asks for.
func (r *Result) Skipped() bool { return r.Case.Skip != "" }

// Counts are how many requests passed, failed and were skipped.
func (f *FileResult) Counts() (passed, failed, skipped int) {
	for i := range f.Results {
		switch r := &f.Results[i]; {
		case r.Skipped():
			skipped++
		case len(r.Failures) > 0:
			failed++
		default:
			passed++
		}
	}
	return passed, failed, skipped
}

// Releases are the releases of Istio that the answers are for.
func (r *Report) Releases() []diag.Release {
	var all diag.Report
	for _, f := range r.Files {
		if f.World != nil {
			c := f.World.Release
			all.Name(diag.Release{Istio: c.String(), Envoy: c.Envoy(), Because: c.Because, Default: c.Default})
		}
	}
	return all.Releases
}

// Requests are how many there were to make, those that are skipped included.
func (r *Report) Requests() int {
	n := 0
	for _, f := range r.Files {
		n += len(f.Results)
	}
	return n
}

// Failed reports whether a request was not answered as expected.
func (r *Report) Failed() bool {
	for _, f := range r.Files {
		if _, failed, _ := f.Counts(); failed > 0 {
			return true
		}
	}
	return false
}

// Broken reports whether a file of tests, or a case of one, was not understood.
func (r *Report) Broken() bool {
	for _, f := range r.Files {
		if len(f.Broken) > 0 {
			return true
		}
	}
	return false
}

// A Runner runs files of tests. Configuration that several are about is read once.
type Runner struct {
	options Options
	worlds  map[string]*pipeline.World
	answers map[*pipeline.World]*explain.World
	stopped bool
}

// NewRunner returns a runner without any world.
func NewRunner(o Options) *Runner {
	return &Runner{options: o, worlds: map[string]*pipeline.World{}, answers: map[*pipeline.World]*explain.World{}}
}

// largest is how large a file of tests is at most, in bytes.
const largest = 64 << 20

// unreadable is a file of tests that the file system refuses, and that has no tests therefore.
func unreadable(name string, err error) *FileResult {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err // the name is said already
	}
	d := diag.Diagnostic{Check: diag.Unreadable, Message: err.Error(), At: source.Place{File: &source.File{Name: name}}}
	return &FileResult{File: &File{Name: name}, Broken: diag.List{d}}
}

// Unread are the findings about configuration that could not be read, each once.
func (r *Report) Unread() diag.List { return r.ofInputs(diag.List.Unread) }

// Gaps returns what could not be read of the configuration, and what a cluster did not give.
func (r *Report) Gaps() diag.List {
	return r.ofInputs(func(l diag.List) diag.List { return append(l.Unread(), l.NotGiven()...) })
}

// ofInputs returns some of what was found in the configuration of all tests.
func (r *Report) ofInputs(some func(diag.List) diag.List) diag.List {
	var out diag.List
	seen := map[*pipeline.World]bool{}
	for _, f := range r.Files {
		if f.World != nil && !seen[f.World] {
			seen[f.World] = true
			out = append(out, some(f.World.Found)...)
		}
	}
	return out
}

// Run runs files of tests in their order. The error is for what the file system refuses.
func (r *Runner) Run(ctx context.Context, names []string) (*Report, error) {
	out := &Report{}
	r.stopped = false
	for _, name := range names {
		data, err := source.ReadRegular(name, largest)
		if err != nil {
			out.Files = append(out.Files, unreadable(name, err))
			continue
		}
		f, err := r.file(ctx, &source.File{Name: name, Data: data})
		if err != nil {
			return nil, err
		}
		if out.Files = append(out.Files, f); r.stopped {
			break
		}
	}
	return out, nil
}

// file runs the tests of a file.
func (r *Runner) file(ctx context.Context, text *source.File) (*FileResult, error) {
	file, found := Read(text)
	out := &FileResult{File: file, Broken: found}
	if r.options.Within != nil {
		if outside := file.outside(r.options.Within); len(outside) > 0 {
			out.Broken = append(out.Broken, outside...)
			return out, nil
		}
	}
	if len(file.Cases) == 0 {
		return out, nil
	}
	world, err := r.world(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name, err)
	}
	out.World = world
	var judge Judge
	if r.options.Judge != nil {
		judge = r.options.Judge()
		defer judge.Close()
	}
	for _, c := range file.Cases {
		for _, request := range c.Requests {
			if !r.wanted(c, request) {
				continue
			}
			if out.Stopped = r.stopped; out.Stopped {
				return out, nil
			}
			var err error
			if request.Call, err = named(world, request.Call, file.Namespace); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", file.Name, c.Name, err)
			}
			result := run(r.answers[world], c, request)
			if err := result.judged(ctx, world, judge); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", file.Name, result.Name(), err)
			}
			out.Results = append(out.Results, result)
			r.stopped = r.options.FailFast && len(result.Failures) > 0
		}
	}
	return out, nil
}

// world is what the tests of a file are about.
func (r *Runner) world(f *File) (*pipeline.World, error) {
	o := pipeline.Options{Paths: f.Config, Namespace: r.options.Namespace, MeshConfig: r.options.MeshConfig, Assume: r.options.Assume, Release: r.options.Release, ReleaseBy: r.options.ReleaseBy, CUE: r.options.CUE, Builder: r.options.Builder, World: r.options.World, Worlds: r.options.Worlds, Clusters: r.options.Clusters, Edited: r.options.Edited}
	if r.options.Kustomize != "" {
		o.Kustomize, o.Paths = r.options.Kustomize, nil
	}
	if f.Namespace != "" {
		o.Namespace = f.Namespace
	}
	if f.MeshConfig != "" {
		o.MeshConfig = f.MeshConfig
	}
	o.Assume.Nothing = o.Assume.Nothing || f.NoAssume
	for _, text := range f.Assume {
		if err := o.Assume.State(text); err != nil {
			return nil, err
		}
	}
	key := strings.Join(append([]string{o.Namespace, o.MeshConfig, fmt.Sprint(f.NoAssume, f.Assume)}, o.Paths...), "\x00")
	if w := r.worlds[key]; w != nil {
		return w, nil
	}
	w, err := pipeline.Load(o)
	if err != nil {
		return nil, err
	}
	if names := w.Worlds(); len(names) > 1 && o.World == "" {
		return nil, fmt.Errorf("%s: the configuration has several worlds: name the files of one in the tests, or choose one with --world: %s", f.Name, strings.Join(names, ", "))
	}
	r.worlds[key], r.answers[w] = w, explain.New(w, diag.Policy{})
	return w, nil
}

func (r *Runner) wanted(c *Case, request Request) bool {
	result := Result{Case: c, Request: request}
	return r.options.Only == nil || r.options.Only.MatchString(result.Name())
}

// run makes one request and compares what happens to it, without the resources that admission rejects.
func run(world explain.Tracer, c *Case, request Request) Result {
	out := Result{Case: c, Request: request}
	if out.Skipped() {
		return out
	}
	t, err := world.Trace(request.Call, pipeline.TraceOptions{Follow: !c.Alone})
	if err != nil {
		t = &simulate.Trace{APIVersion: "sem/v1", Kind: "Trace", Verdict: simulate.Unsupported, Summary: err.Error(), Call: request.Call}
	}
	out.Trace = t
	if out.Failures = c.check(t); len(out.Failures) == 0 && c.aboutBranches() {
		out.Failures = c.checkBranches(branchTraces(world, &out))
	}
	if !c.expects() {
		out.Failures = []Failure{{At: c.At, Field: "expect", Want: "an expectation, which 'sem test --update' writes", Got: "nothing"}}
	}
	return out
}

// judged adds what a judge says against the trace. A call that no proxy understands has nothing to judge.
func (r *Result) judged(ctx context.Context, world *pipeline.World, judge Judge) error {
	if judge == nil || r.Trace == nil || r.Trace.Verdict == simulate.Unsupported || r.Trace.Hops[0].Proxy.Type == "none" {
		return nil
	}
	t := r.Trace
	if !r.Case.Alone {
		var err error
		if t, err = world.Trace(r.Request.Call, pipeline.TraceOptions{}); err != nil {
			return err
		}
	}
	differences, err := judge.Disagreements(ctx, t, func() (*envoy.Snapshot, error) {
		c, err := world.Compile(t.Call.Proxy)
		if err != nil {
			return nil, err
		}
		return c.Snapshot(), nil
	})
	for _, d := range differences {
		r.Failures = append(r.Failures, Failure{At: r.Case.At, Field: "envoy", Want: "a trace that Envoy agrees with", Got: d})
	}
	return err
}
