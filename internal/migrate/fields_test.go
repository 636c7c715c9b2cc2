package migrate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	networking "istio.io/api/networking/v1alpha3"
	"sigs.k8s.io/yaml"

	"sem.example/internal/pipeline"
)

// unread are fields that change nothing, and why.
var unread = map[string]string{
	"istio.networking.v1alpha3.Server.name":             "no proxy gets it",
	"istio.networking.v1alpha3.Server.default_endpoint": "it is for the listeners of a Sidecar",
	"istio.networking.v1alpha3.Port.target_port":        "istiod does not read it",
}

// TestNoFieldIsSilent removes each field of resources that have them all: the conversion, or its remarks, have to change. What changes
// neither would be lost without a word. A field of the API that the resources lack fails, too.
func TestNoFieldIsSilent(t *testing.T) {
	text, err := os.ReadFile("testdata/every-field.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var docs []map[string]any
	for part := range strings.SplitSeq(string(text), "\n---\n") {
		var doc map[string]any
		if err := yaml.Unmarshal([]byte(part), &doc); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	a := ablation{t: t, docs: docs, met: map[protoreflect.FullName]bool{}}
	a.whole, a.remarks = a.outcome()
	roots := map[any]protoreflect.MessageDescriptor{
		"VirtualService": (&networking.VirtualService{}).ProtoReflect().Descriptor(),
		"Gateway":        (&networking.Gateway{}).ProtoReflect().Descriptor(),
	}
	whole := (&networking.DestinationRule{}).ProtoReflect().Descriptor()
	for _, doc := range docs {
		if doc["kind"] == "DestinationRule" {
			name := doc["metadata"].(map[string]any)["name"].(string)
			a.object(whole, name+".spec", doc["spec"].(map[string]any))
		}
		if of, ok := roots[doc["kind"]]; ok && strings.HasPrefix(fmt.Sprint(doc["apiVersion"]), "networking.istio.io/") {
			name := doc["metadata"].(map[string]any)["name"].(string)
			a.object(of, name+".spec", doc["spec"].(map[string]any))
		}
	}
	for _, of := range roots {
		a.missing(of, map[protoreflect.FullName]bool{})
	}
	a.missing(whole, stayWhole())
}

// stayWhole are the messages that stay in a DestinationRule as they are, whatever fields they have.
func stayWhole() map[protoreflect.FullName]bool {
	out := map[protoreflect.FullName]bool{}
	policy := (&networking.TrafficPolicy{}).ProtoReflect().Descriptor().Fields()
	for name := range noCounterpart {
		out[policy.ByName(name).Message().FullName()] = true
	}
	return out
}

// An ablation takes fields out of documents, one at a time.
type ablation struct {
	t       *testing.T
	docs    []map[string]any
	whole   string
	remarks map[string]string
	met     map[protoreflect.FullName]bool
}

func (a ablation) object(of protoreflect.MessageDescriptor, path string, value map[string]any) {
	for key, was := range value {
		field := of.Fields().ByJSONName(key)
		if field == nil {
			a.t.Errorf("%s has no field %s", of.FullName(), key)
			continue
		}
		at := path + "." + key
		a.met[field.FullName()] = true
		if a.lost(at) {
			a.value(field, at, was)
			continue
		}
		delete(value, key)
		if outcome, _ := a.outcome(); outcome == a.whole && unread[string(field.FullName())] == "" {
			a.t.Errorf("%s (%s) is silent: without it, the conversion and its remarks are the same", at, field.FullName())
		}
		value[key] = was
		a.value(field, at, was)
	}
}

func (a ablation) value(field protoreflect.FieldDescriptor, path string, value any) {
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			a.value(field, fmt.Sprintf("%s[%d]", path, i), item)
		}
	case map[string]any:
		of := field.Message()
		if of == nil || strings.HasPrefix(string(of.FullName()), "google.protobuf.") {
			return
		}
		if !field.IsMap() {
			a.object(of, path, value)
			return
		}
		for key, item := range value {
			a.value(field.MapValue(), path+"."+key, item)
		}
	}
}

// lost reports whether a remark says that a field is not there: it, what it is in, or a match, rule or server left out for another field.
func (a ablation) lost(path string) bool {
	for at, message := range a.remarks {
		switch parent := at[:strings.LastIndexByte(at, '.')]; {
		case path == at, strings.HasPrefix(path, at+"."), strings.HasPrefix(path, at+"["):
			return true
		case strings.HasPrefix(path, parent+".") && strings.HasSuffix(message, "is left out"):
			return true
		}
	}
	return false
}

// outcome is the conversion, in resources and remarks, and the messages by resource and field.
func (a ablation) outcome() (text string, messages map[string]string) {
	var input bytes.Buffer
	for _, doc := range a.docs {
		text, err := json.Marshal(doc)
		if err != nil {
			a.t.Fatal(err)
		}
		input.WriteString("---\n")
		input.Write(text)
		input.WriteByte('\n')
	}
	world, err := pipeline.Load(pipeline.Options{Paths: []string{"-"}, Stdin: &input})
	if err != nil {
		a.t.Fatal(err)
	}
	plan := Convert(world.Mesh)
	order(plan.Resources)
	out := string(yamlOf(plan.Resources))
	messages = map[string]string{}
	for _, m := range plan.Remarks {
		out += fmt.Sprintf("%s %s %s\n", m.Level, m.At.Field, m.Message)
		if m.At.Field != "" {
			messages[m.At.Object.Name+"."+m.At.Field] = m.Message
		}
	}
	return out, messages
}

// missing reports the fields of a message that no document has.
func (a ablation) missing(of protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool) {
	if seen[of.FullName()] || strings.HasPrefix(string(of.FullName()), "google.protobuf.") {
		return
	}
	seen[of.FullName()] = true
	for i := range of.Fields().Len() {
		f := of.Fields().Get(i)
		if !a.met[f.FullName()] && !strings.HasSuffix(string(of.FullName()), "Entry") && unread[string(f.FullName())] == "" {
			a.t.Errorf("testdata/every-field.yaml lacks %s", f.FullName())
		}
		if f.IsMap() {
			f = f.MapValue()
		}
		if f.Message() != nil {
			a.missing(f.Message(), seen)
		}
	}
}
