package mesh

import (
	"slices"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// ReadSettings reads the settings of a mesh from the first document that has them: a MeshConfig by itself, the ConfigMap
// that istiod reads, an IstioOperator, the Istio object of the Sail operator, or Helm values. The second result is false
// where no document has any; then the settings are the defaults.
func ReadSettings(docs []*source.Document) (Settings, bool, diag.List) {
	for _, doc := range docs {
		if node, base, text := meshConfigOf(doc); node != nil {
			s := Settings{Object: &config.Object{Doc: doc, Kind: doc.Kind, Meta: config.Meta{Namespace: doc.Namespace, Name: doc.Name}},
				base: base, text: text, set: map[string]bool{}}
			return s.read(node).complete(), true, s.complaints(node)
		}
	}
	return Settings{}.complete(), false, nil
}

// The places of a MeshConfig in the objects that hold one.
var meshConfigPaths = []string{"spec.meshConfig", "spec.values.meshConfig", "meshConfig"}

// meshConfigOf finds the MeshConfig in a document, its path there, and whether it is a text of its own.
func meshConfigOf(doc *source.Document) (node *source.Node, base string, text bool) {
	if doc.Kind == "ConfigMap" {
		return nested(doc, "data.mesh"), "data.mesh", true
	}
	for _, path := range meshConfigPaths {
		if n := doc.Lookup(path); n != nil && n.Kind == source.Map && (doc.Kind == "") == (path == "meshConfig") {
			return n, path, false
		}
	}
	if doc.Kind == "" && doc.Root != nil && doc.Root.Kind == source.Map {
		return doc.Root, "", false
	}
	return nil, "", false
}

// nested reads the document that stands as a text in another one.
func nested(doc *source.Document, path string) *source.Node {
	n := doc.Lookup(path)
	if n == nil || n.Kind != source.String {
		return nil
	}
	inner, _ := source.Parse(&source.File{Name: doc.File.Name, Data: []byte(n.Text)})
	if len(inner) == 0 {
		return nil
	}
	return inner[0].Root
}

// read lays what is written over the defaults.
func (s Settings) read(node *source.Node) Settings {
	s.Config = DefaultConfig()
	written := &meshconfig.MeshConfig{}
	lenient.Unmarshal(node.AppendJSON(nil), written) //nolint:errcheck // complaints tells
	proxy := s.Config.DefaultConfig
	override(s.Config, written, node)
	s.Config.DefaultConfig = proxy
	if own := node.Get("defaultConfig"); own != nil && written.DefaultConfig != nil {
		override(proxy, written.DefaultConfig, own)
	}
	slices.Sort(s.Config.TrustDomainAliases)
	for _, f := range node.Fields {
		s.set[f.Key] = true
	}
	if networks := nested(s.Object.Doc, "data.meshNetworks"); s.text && networks != nil {
		s.Networks = &meshconfig.MeshNetworks{}
		lenient.Unmarshal(networks.AppendJSON(nil), s.Networks) //nolint:errcheck // as for a field that is unknown
	}
	return s
}

var lenient = protojson.UnmarshalOptions{DiscardUnknown: true}

// override sets in a message each field that is written, also to its zero value; a field that is null stays as it is.
func override(to, written proto.Message, node *source.Node) {
	fields := to.ProtoReflect().Descriptor().Fields()
	for _, f := range node.Fields {
		fd := fields.ByJSONName(f.Key)
		if fd == nil {
			fd = fields.ByName(protoreflect.Name(f.Key))
		}
		switch {
		case fd == nil || f.Value.Kind == source.Null:
		case written.ProtoReflect().Has(fd):
			to.ProtoReflect().Set(fd, written.ProtoReflect().Get(fd))
		default:
			to.ProtoReflect().Clear(fd)
		}
	}
}

// complaints are what istiod would not read, for which it ignores the whole MeshConfig.
func (s Settings) complaints(node *source.Node) diag.List {
	err := protojson.Unmarshal(node.AppendJSON(nil), &meshconfig.MeshConfig{})
	if err == nil {
		return nil
	}
	return diag.List{{Check: diag.Undecodable, At: diag.Place{Doc: s.Object.Doc, Field: s.base},
		Message: "the mesh's settings are not a MeshConfig: " + err.Error()}}
}
