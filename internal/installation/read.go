package installation

import (
	"fmt"
	"path"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/release"
	"sem.example/internal/source"
)

// A Statement is a place of the input that names a release of Istio.
type Statement struct {
	Version string // as it is written: 1.30.3-distroless
	What    string // that names it: "the image of Deployment istio-system/istiod"
	At      source.Place

	rank rank
}

// release is the release of the version, such as 1.30.
func (s Statement) release() string {
	name, _ := release.Minor(s.Version)
	return name
}

// A rank says how much a statement counts for what istiod sends: the lowest one decides.
type rank int

const (
	ofIstiod   rank = iota // what runs
	ofOperator             // what is to be installed
	ofRevision             // a name, which may be any
	ofProxy
)

// A Variable is one of istiod's environment.
type Variable struct {
	Name, Value string
	What        string
	At          source.Place
}

// Facts are what an input says of the installation.
type Facts struct {
	Statements    []Statement
	Variables     []Variable
	Compatibility []Statement // compatibilityVersion, in values of the chart
}

// Read returns what objects, and documents that hold settings of the mesh, say of the installation.
func Read(objects []*config.Object, settings []*source.Document) Facts {
	var f Facts
	for _, o := range objects {
		switch spec := o.Spec.(type) {
		case *config.Workload:
			f.containers(o, "spec.template.spec", spec.Spec.Template.Spec)
		case *config.Pod:
			f.containers(o, "spec", spec.Spec)
		}
	}
	for _, doc := range settings {
		switch doc.Kind {
		case "IstioOperator":
			f.operator(doc)
		case "":
			f.values(doc, "", "the values of the chart")
		}
	}
	return f
}

// containers reads the images of istiod and of proxies among the containers of a Pod.
func (f *Facts) containers(o *config.Object, at string, pod config.PodSpec) {
	lists := []struct {
		field string
		all   []config.Container
	}{{"containers", pod.Containers}, {"initContainers", pod.InitContainers}}
	for _, list := range lists {
		for i, c := range list.all {
			of, ok := holder(c)
			if !ok {
				continue
			}
			field := source.Index(source.Join(at, list.field), i)
			f.state(of, c.Tag(), fmt.Sprintf("the image of %s %s/%s", o.Kind, o.Namespace, o.Name), o.Doc, source.Join(field, "image"))
			if of == ofIstiod && o.Doc != nil {
				f.environment(o.Doc, field+".env", fmt.Sprintf("%s %s/%s", o.Kind, o.Namespace, o.Name))
			}
		}
	}
}

// holder reports whether a container runs istiod or a proxy.
func holder(c config.Container) (rank, bool) {
	image, _, _ := strings.Cut(c.Image, "@")
	name, _, _ := strings.Cut(path.Base(image), ":")
	switch {
	case name == "pilot", c.Name == "discovery" && strings.Contains(name, "pilot"):
		return ofIstiod, true
	case name == "proxyv2", c.Name == "istio-proxy" && strings.Contains(name, "proxy"):
		return ofProxy, true
	}
	return 0, false
}

// operator reads an IstioOperator.
func (f *Facts) operator(doc *source.Document) {
	what := strings.TrimSuffix("IstioOperator "+doc.Namespace+"/"+doc.Name, "/")
	what = strings.Replace(what, " /", " ", 1)
	f.stateField(ofOperator, doc, "spec.tag", "the tag of "+what)
	f.stateField(ofOperator, doc, "spec.components.pilot.tag", "the tag of istiod in "+what)
	f.stateField(ofRevision, doc, "spec.revision", "the revision of "+what)
	f.environment(doc, "spec.components.pilot.k8s.env", what)
	f.compatible(doc, "spec.compatibilityVersion", what)
	f.values(doc, "spec.values", what)
}

// values reads the values of the istiod chart below a field.
func (f *Facts) values(doc *source.Document, at, what string) {
	f.stateField(ofOperator, doc, source.Join(at, "pilot.tag"), "the tag of istiod in "+what)
	f.stateField(ofOperator, doc, source.Join(at, "global.tag"), "the tag in "+what)
	f.stateField(ofRevision, doc, source.Join(at, "revision"), "the revision in "+what)
	f.compatible(doc, source.Join(at, "compatibilityVersion"), what)
	field := source.Join(at, "pilot.env")
	env := doc.Lookup(field)
	if env == nil {
		return
	}
	for _, v := range env.Fields {
		f.Variables = append(f.Variables, Variable{Name: v.Key, Value: v.Value.Text, What: what, At: source.Place{Doc: doc, Field: source.Join(field, v.Key)}})
	}
}

// environment reads a list of variables with their values.
func (f *Facts) environment(doc *source.Document, field, what string) {
	env := doc.Lookup(field)
	if env == nil {
		return
	}
	for i, v := range env.Items {
		if value := v.Get("value"); value != nil {
			f.Variables = append(f.Variables, Variable{
				Name: v.StringAt("name"), Value: value.Text, What: what, At: source.Place{Doc: doc, Field: source.Join(source.Index(field, i), "value")},
			})
		}
	}
}

func (f *Facts) compatible(doc *source.Document, field, what string) {
	if n := doc.Lookup(field); n != nil && n.Text != "" {
		f.Compatibility = append(f.Compatibility, Statement{Version: doc.ScalarText(n), What: "compatibilityVersion of " + what, At: source.Place{Doc: doc, Field: field}})
	}
}

func (f *Facts) stateField(of rank, doc *source.Document, field, what string) {
	if n := doc.Lookup(field); n != nil {
		f.state(of, doc.ScalarText(n), what, doc, field)
	}
}

// state notes a version, unless it is something else: a tag such as latest says nothing, nor does a revision named canary.
func (f *Facts) state(of rank, version, what string, doc *source.Document, field string) {
	if _, ok := release.Minor(version); ok {
		f.Statements = append(f.Statements, Statement{Version: version, What: what, At: source.Place{Doc: doc, Field: field}, rank: of})
	}
}
