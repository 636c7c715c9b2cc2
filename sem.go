package sem

import (
	"bytes"
	"errors"
	"io"
	"io/fs"

	"sem.example/internal/diag"
	"sem.example/internal/explain"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
	"sem.example/validate"
)

// Options say what documents mean, and which findings are wanted.
type Options struct {
	Namespace  string    // of documents that name none; "default" where empty
	MeshConfig string    // a file with the mesh's settings; where empty, the input is searched for them
	Stdin      io.Reader // what the path "-" reads, with [Load]
	Checks     Checks

	// World is the name of the world that calls are about, where the input holds several: a build of a kustomization, or one of
	// several alternatives. Where it is empty, they are about the first; see [Mesh.Worlds].
	World string

	// Progress hears how far reading and checking are. It may be called by several goroutines at once.
	Progress func(work string, done, total int)
}

// Checks say which checks count, and how severe their findings are. Codes are IDs, beginnings of IDs ("SEM2"), or the codes of
// other tools.
type Checks struct {
	Disable  []string            // codes of checks that are left out
	Enable   []string            // codes that take precedence over Disable
	Severity map[string]Severity // by ID
	Ignore   []Ignore            // findings that are suppressed
	Dir      string              // the folder that the paths of Ignore are relative to; "" is the current one
}

// An Ignore suppresses the findings that meet all that it says. An empty field holds for everything; "*" stands for any run of
// characters.
type Ignore struct {
	Check, Kind, Namespace, Name, Path string
	Reason                             string
}

func (c Checks) policy() diag.Policy {
	p := diag.Policy{Disable: c.Disable, Enable: c.Enable, Severity: map[string]diag.Severity{}, Dir: c.Dir}
	for id, s := range c.Severity {
		p.Severity[id] = diag.Severity(s)
	}
	for _, i := range c.Ignore {
		p.Ignore = append(p.Ignore, diag.Exception(i))
	}
	return p
}

// A Mesh is what was read. It is safe for concurrent use.
type Mesh struct {
	input  pipeline.Options
	policy diag.Policy
	world  *pipeline.World
	tracer explain.Tracer
}

// Load reads files, folders with all below them, and "-" for standard input; no path means the current folder. Kustomizations are
// built in this process, so what they cost is not limited as it is for the command: validate only folders that you trust.
func Load(paths []string, o Options) (*Mesh, error) { return load(nil, paths, o) }

// LoadFS reads files and folders of a file system; no path means all of it. Options.MeshConfig is a name in it too.
func LoadFS(fsys fs.FS, paths []string, o Options) (*Mesh, error) { return load(fsys, paths, o) }

func load(fsys fs.FS, paths []string, o Options) (*Mesh, error) {
	m := &Mesh{policy: o.Checks.policy(), input: pipeline.Options{
		FS: fsys, Paths: paths, Stdin: o.Stdin, Namespace: o.Namespace, MeshConfig: o.MeshConfig, World: o.World, Watch: o.Progress,
	}}
	var err error
	if m.world, err = pipeline.Load(m.input); err != nil {
		return nil, err
	}
	m.tracer = explain.New(m.world, m.policy)
	return m, nil
}

// World returns the name of the world that calls are about.
func (m *Mesh) World() string { return m.world.Name }

// Worlds returns the names of the worlds of the input. A call is about one of them, see Options.World; [Mesh.Validate] checks them all
// where Options.World is empty.
func (m *Mesh) Worlds() []string { return m.world.Worlds() }

// Objects returns how many objects the mesh is made of. From none nothing can be answered; [Mesh.Found] says why.
func (m *Mesh) Objects() int { return len(m.world.Objects) }

// Found returns what was found while the mesh was read and built: files and documents that are left out, and why.
func (m *Mesh) Found() []Finding { return findings(m.world.Found) }

// ValidateOptions say how documents are checked.
type ValidateOptions struct {
	Each     bool     // every file is a mesh by itself
	Registry Registry // what a host is that the input does not hold
}

// A Registry says what a host is that the input does not hold.
type Registry string

// The registries. The empty one decides host by host: a Kubernetes name of a namespace whose Services the input holds is wrong,
// every other is unknown.
const (
	Open   Registry = "open"   // unknown
	Closed Registry = "closed" // wrong
)

// A Report is what validation says about the input.
type Report struct {
	Files     int // files that were read
	Documents int // documents in them
	Skipped   int // documents that are neither Istio's nor needed of Kubernetes
	Findings  []Finding
}

// Count returns how many findings there are of a severity, without the suppressed ones.
func (r *Report) Count(s Severity) int {
	n := 0
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Severity == s && !f.Suppressed {
			n++
		}
	}
	return n
}

// Validate reads the input again and checks each document against the schema of its kind, and how the documents fit together. The
// error is for files that cannot be read.
func (m *Mesh) Validate(o ValidateOptions) (*Report, error) {
	r, err := pipeline.Validate(m.input, pipeline.ValidateOptions{Each: o.Each, Registry: validate.Registry(o.Registry), Policy: m.policy})
	if err != nil {
		return nil, err
	}
	return &Report{Files: r.Files, Documents: r.Documents, Skipped: r.Skipped, Findings: findings(r.Findings)}, nil
}

// TraceOptions say how far a call is followed, and how much a trace holds.
type TraceOptions struct {
	Why      bool // each step lists what was rejected, and why
	FirstHop bool // stop behind the first proxy, rather than follow the call to the last one that the input knows
}

func (o TraceOptions) options() pipeline.TraceOptions {
	return pipeline.TraceOptions{Why: o.Why, Follow: !o.FirstHop}
}

// Trace follows a call through the proxies that would carry it. The error is for a proxy that cannot be understood.
func (m *Mesh) Trace(call Call, o TraceOptions) (*Trace, error) {
	return m.tracer.Trace(call, o.options())
}

// A Dump is the configuration that one proxy runs, as it was read from the proxy itself. It is safe for concurrent use.
type Dump struct {
	dump   *pipeline.Dump
	tracer explain.Tracer
}

// LoadDump reads Envoy's /config_dump?include_eds, or what "istioctl proxy-config all -o json" prints.
func LoadDump(data []byte) (*Dump, error) {
	d, err := pipeline.LoadDump(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return &Dump{d, explain.NewDump(d)}, nil
}

// Proxy is the proxy as it names itself; it has no name where the dump does not hold one.
func (d *Dump) Proxy() Proxy { return d.dump.Proxy }

// Trace follows a call through the proxy, and no further: a dump knows no other proxy.
func (d *Dump) Trace(call Call, o TraceOptions) (*Trace, error) {
	return d.tracer.Trace(call, o.options())
}

// WriteTrace writes a trace for people, as "sem trace" does, without colours.
func WriteTrace(w io.Writer, t *Trace) error {
	if t == nil {
		return errors.New("there is no trace to write")
	}
	return output.Trace(w, t, output.Look{})
}

// The parts of calls and their traces; their JSON tags are those of the documents.
type (
	Call      = simulate.Call      // a request as the application makes it
	Proxy     = simulate.Proxy     // which proxy a call goes through
	Trace     = simulate.Trace     // what happens to a call
	Verdict   = simulate.Verdict   // the outcome of a call, one of a closed list: [simulate.Verdicts]
	Hop       = simulate.Hop       // one proxy's part of a trace
	Step      = simulate.Step      // one decision: what was chosen and why
	Candidate = simulate.Candidate // what lost a decision
	Warning   = simulate.Warning   // a mistake that a call shows
	Place     = simulate.Place     // a field of a document, and where it is written
)
