package kubectl

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/convert"
	"sem.example/internal/lazy"
	"sem.example/internal/source"
)

// A Dump is what a mesh needs of a cluster.
type Dump struct {
	Files []*source.File // named by their place: "shop/pods.yaml"
	Gaps  []config.Gap   // what the cluster did not give
	Count int            // of its objects
}

// workloadResources are custom resources that make Pods, beside the kinds of Kubernetes.
var workloadResources = []string{"rollouts.argoproj.io"}

// Read reads a cluster: it asks which kinds there are, and reads all objects of those that matter in one call.
func Read(ctx context.Context, opts Options) (*Dump, error) {
	there, gaps, err := opts.resources(ctx)
	if err != nil {
		return nil, err
	}
	if len(there) == 0 {
		return nil, errors.New("the cluster has no resource that sem reads")
	}
	c := collector{files: map[string][]object{}}
	said, failed, err := opts.run(ctx, func(out io.Reader) error { return eachItem(out, c.take) },
		"get", strings.Join(there, ","), "--all-namespaces", "--output=json")
	if failed && c.items == 0 {
		return nil, failure(said)
	}
	if err != nil {
		return nil, err
	}
	if failed {
		gaps = append(gaps, refused(said)...)
	}
	return c.dump(gaps), nil
}

// resources returns those that sem reads and the cluster has.
func (o Options) resources(ctx context.Context) ([]string, []config.Gap, error) {
	var listed bytes.Buffer
	said, failed, err := o.run(ctx, func(out io.Reader) error {
		_, err := listed.ReadFrom(io.LimitReader(out, maxErrors*16))
		return err
	}, "api-resources", "--verbs=list", "--output=name")
	switch {
	case err != nil:
		return nil, nil, err
	case failed && listed.Len() == 0:
		return nil, nil, failure(said)
	}
	wanted := append(config.Resources(), workloadResources...)
	var there []string
	for line := range strings.Lines(listed.String()) {
		if name := strings.TrimSpace(line); slices.Contains(wanted, name) && !slices.Contains(there, name) {
			there = append(there, name)
		}
	}
	slices.Sort(there)
	return there, silent(wanted, there, said), nil
}

// silent are the gaps of groups that the API server could not list: "istio.io/v1: the server is currently unable to handle the request".
func silent(wanted, there []string, said string) []config.Gap {
	var gaps []config.Gap
	for _, name := range wanted {
		_, group, grouped := strings.Cut(name, ".")
		if !grouped || slices.Contains(there, name) {
			continue
		}
		for _, line := range lines(said) {
			if strings.Contains(line, " "+group+"/") {
				gaps = append(gaps, config.Gap{Resource: name, Message: line})
				break
			}
		}
	}
	return gaps
}

// forbidden is how the API server says that somebody may not list a resource.
var forbidden = lazy.Regexp(`cannot list resource "([^"]+)" in API group "([^"]*)"`)

// refused are the gaps that kubectl names beside what it gives.
func refused(said string) []config.Gap {
	var gaps []config.Gap
	for _, line := range lines(said) {
		gap := config.Gap{Message: line}
		if m := forbidden().FindStringSubmatch(line); m != nil {
			gap.Resource = strings.TrimSuffix(m[1]+"."+m[2], ".")
		}
		gaps = append(gaps, gap)
	}
	if gaps == nil {
		gaps = []config.Gap{{Message: "kubectl failed without a word"}}
	}
	return gaps
}

// An object is the text of one object, with what orders it.
type object struct {
	name string
	text []byte
}

// A collector puts objects into files.
type collector struct {
	files map[string][]object
	items int
}

// take takes an object as kubectl writes it.
func (c *collector) take(item json.RawMessage) error {
	c.items++
	docs, _ := source.Parse(&source.File{Name: "object.json", Data: item})
	if len(docs) != 1 || docs[0].Kind == "" || docs[0].Name == "" || docs[0].Kind == "Secret" {
		return nil
	}
	d := docs[0]
	if !wanted(d.Root) {
		return nil
	}
	folder := cmp.Or(d.Namespace, clusterFolder)
	group, _, grouped := strings.Cut(d.APIVersion, "/")
	if !grouped {
		group = ""
	}
	resource := config.Resource(group, d.Kind)
	if !plain().MatchString(folder) || !plain().MatchString(resource) {
		return fmt.Errorf("the cluster has %q in namespace %q, which cannot be the names of a resource and a namespace", resource, folder)
	}
	d.Root = trim(d.Root)
	name := folder + "/" + resource
	c.files[name] = append(c.files[name], object{d.Name, convert.YAML([]*source.Document{d})})
	return nil
}

// clusterFolder is the folder of what has no namespace. No namespace has such a name.
const clusterFolder = "_cluster"

// Collected is the file that says what the dump lacks.
const Collected = clusterFolder + "/" + config.CollectedName + ".yaml"

// plain is what the name of a file or folder may be, whoever wrote it.
var plain = lazy.Regexp(`^(_cluster|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)$`)

// maxFile is how large a file may become. A file of more than 40 MiB would not be read.
const maxFile = 32 << 20

// dump writes the files down, in order.
func (c *collector) dump(gaps []config.Gap) *Dump {
	out := &Dump{Gaps: gaps}
	for name, objects := range c.files {
		out.Count += len(objects)
		slices.SortStableFunc(objects, func(a, b object) int { return cmp.Compare(a.name, b.name) })
		for i, text := range parts(objects) {
			file := name + ".yaml"
			if i > 0 {
				file = fmt.Sprintf("%s-%d.yaml", name, i+1)
			}
			out.Files = append(out.Files, &source.File{Name: file, Data: text})
		}
	}
	byName := func(a, b *source.File) int { return cmp.Compare(a.Name, b.Name) }
	slices.SortFunc(out.Files, byName)
	var names []string
	for _, f := range out.Files {
		names = append(names, f.Name)
	}
	out.Files = append(out.Files, &source.File{Name: Collected, Data: config.Collected(gaps, names)})
	slices.SortFunc(out.Files, byName)
	return out
}

// separator is between the documents of a file.
const separator = "---\n"

// parts are the texts of files that hold objects, none of them too large.
func parts(objects []object) (texts [][]byte) {
	var text []byte
	for _, o := range objects {
		switch {
		case len(text) == 0:
		case len(text)+len(separator)+len(o.text) > maxFile:
			texts, text = append(texts, text), nil
		default:
			text = append(text, separator...)
		}
		text = append(text, o.text...)
	}
	return append(texts, text)
}
