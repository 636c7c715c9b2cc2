package migrate

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/convert"
	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// A Report is a plan in words, with a comparison of the meshes before and after: its JSON form is the document of "sem convert".
type Report struct {
	APIVersion string             `json:"apiVersion"`
	Kind       string             `json:"kind"`
	Resources  []ReportedResource `json:"resources"`
	Remarks    []ReportedRemark   `json:"remarks"`
	Diff       *diff.Report       `json:"diff"`

	yaml []byte
}

// A ReportedResource is a resource, and what it is made of.
type ReportedResource struct {
	Kind      string                `json:"kind"`
	Namespace string                `json:"namespace"`
	Name      string                `json:"name"`
	From      []simulate.ObjectName `json:"from"`
	Object    json.RawMessage       `json:"object"`
}

// A ReportedRemark is a remark, and the place that it is about.
type ReportedRemark struct {
	Level   Level          `json:"level"`
	Message string         `json:"message"`
	Place   simulate.Place `json:"place"`
}

// YAML are the resources as one stream.
func (r *Report) YAML() []byte { return r.yaml }

// Whole reports whether everything carries over, and every request is proven to have the same result.
func (r *Report) Whole() bool {
	return r.Diff.Summary.Changes+r.Diff.Summary.Undecided == 0 && !slices.ContainsFunc(r.Remarks, func(m ReportedRemark) bool { return m.Level == Lost })
}

// Prove converts the resources of a world, and compares it with the world that has the new resources in place of them.
func Prove(world *pipeline.World, within diff.Limits) (*Report, error) {
	plan := Convert(world.Mesh)
	r := &Report{APIVersion: "sem/v1", Kind: "Conversion", Resources: []ReportedResource{}, Remarks: []ReportedRemark{}}
	order(plan.Resources)
	for _, made := range plan.Resources {
		from := []simulate.ObjectName{}
		for _, o := range made.From {
			from = append(from, simulate.ObjectName{Kind: o.KindName(), Namespace: o.Namespace, Name: o.Name})
		}
		r.Resources = append(r.Resources, ReportedResource{made.Kind, made.Namespace, made.Name, from, made.Root.AppendJSON(nil)})
	}
	for _, m := range plan.Remarks {
		r.Remarks = append(r.Remarks, ReportedRemark{m.Level, m.Message, placeOf(m.At)})
	}
	r.yaml = yamlOf(plan.Resources)
	old, changed, err := plan.worlds(world)
	if err != nil {
		return nil, err
	}
	r.Diff, err = explain.Compare(old, changed, within, func(pipeline.Class) bool { return true })
	if err == nil {
		plan.onlyRenamed(r.Diff)
	}
	return r, err
}

// worlds are those before and after the conversion, both with what is assumed to be in the cluster, and with the Services that are added.
func (p *Plan) worlds(world *pipeline.World) (old, changed *pipeline.World, err error) {
	var added, routes []Resource
	for _, r := range p.Resources {
		if r.Added {
			added = append(added, r)
		} else {
			routes = append(routes, r)
		}
	}
	both := []*source.File{{Name: "assumed.yaml", Data: yamlOf(p.Assumed)}, {Name: "added.yaml", Data: yamlOf(added)}}
	if old, err = pipeline.Replacing(world, nil, both...); err != nil {
		return nil, nil, err
	}
	changed, err = pipeline.Replacing(world, p.Replaced, append(both, &source.File{Name: "gateway-api.yaml", Data: yamlOf(routes)})...)
	return old, changed, err
}

func yamlOf(resources []Resource) []byte {
	docs := make([]*source.Document, len(resources))
	for i, r := range resources {
		docs[i] = &source.Document{Root: r.Root, Kind: r.Kind, Name: r.Name}
	}
	return convert.YAML(docs)
}

// order puts what others refer to first.
func order(all []Resource) {
	kinds := []string{"Gateway", "Service", "DestinationRule", "BackendTLSPolicy", "ReferenceGrant"}
	rank := func(r Resource) int {
		if i := slices.Index(kinds, r.Kind); i >= 0 {
			return i
		}
		return len(kinds)
	}
	slices.SortStableFunc(all, func(a, b Resource) int { return rank(a) - rank(b) })
}

// onlyRenamed leaves out the changes that no application sees: a Service stands for a subset and has the same workloads, under another
// name and with another server name between proxies.
func (p *Plan) onlyRenamed(r *diff.Report) {
	r.Changes = slices.DeleteFunc(r.Changes, func(c diff.ReportedChange) bool { return len(c.Details) > 0 && p.renames(c.Details) })
	r.Summary.Changes = len(r.Changes)
}

// renames reports whether what differs are names of subsets.
func (p *Plan) renames(details []string) bool {
	var pairs []string
	for of, service := range p.subsets {
		_, rest, _ := strings.Cut(of.host, ".")
		pairs = append(pairs, "|"+of.name+"|"+of.host, "||"+service+"."+rest)
	}
	byService := strings.NewReplacer(pairs...)
	values := map[string][2]string{}
	for _, d := range details {
		name, change, _ := strings.Cut(d, ": ")
		old, changed, _ := strings.Cut(change, " → ")
		if strings.HasSuffix(name, "sni") && strings.HasPrefix(old, `"outbound_.`) && strings.HasPrefix(changed, `"outbound_.`) {
			continue
		}
		name = byService.Replace(name)
		known := values[name]
		values[name] = [2]string{said(known[0], old), said(known[1], changed)}
	}
	for _, v := range values {
		if v[0] != v[1] {
			return false
		}
	}
	return true
}

// said is the value that one of two details gives.
func said(known, value string) string {
	if value == "none" {
		return known
	}
	return value
}

func placeOf(at config.Place) simulate.Place {
	o := at.Object
	if o == nil {
		return simulate.Place{}
	}
	p := simulate.Place{Kind: o.KindName(), Namespace: o.Namespace, Name: o.Name, Field: at.Field}
	if o.Doc != nil {
		where := o.Doc.At(at.Field)
		p.Line, p.Column = int(cmp.Or(where.Line, 1)), int(cmp.Or(where.Column, 1))
		if o.Doc.File != nil {
			p.File = o.Doc.File.Name
		}
	}
	return p
}
