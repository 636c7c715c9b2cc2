package config

import (
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// ReadMeshNetworks reads the networks of the mesh from the document that holds its settings: the ConfigMap "istio", the
// values of the istiod chart, or a MeshNetworks by itself. It returns nil where the document names none.
func ReadMeshNetworks(doc *source.Document) (*meshconfig.MeshNetworks, diag.List) {
	inner, found := networks(doc)
	if len(inner.Root.Fields) == 0 {
		return nil, found
	}
	networks, r := &meshconfig.MeshNetworks{}, &reader{}
	r.message(networks.ProtoReflect(), inner.Root)
	return networks, append(found, misfits(inner, r.faults)...)
}

func networks(doc *source.Document) (*source.Document, diag.List) {
	switch {
	case doc.Kind == "ConfigMap":
		inner, problems := doc.Embedded("data.meshNetworks")
		return inner, diag.Problems(problems)
	case doc.Kind == "IstioOperator":
		return networksOf(doc, "spec.values.global.meshNetworks"), nil
	case doc.Tree().Get("networks") != nil:
		return doc, nil
	}
	return networksOf(doc, "global.meshNetworks"), nil
}

// networksOf makes a MeshNetworks of a setting of Istio's charts, which is a map of networks without the message around it.
func networksOf(doc *source.Document, field string) *source.Document {
	inner := doc.Part(field)
	if len(inner.Root.Fields) > 0 && inner.Root.Get("networks") == nil {
		inner.Root = &source.Node{Kind: source.Map, Range: inner.Root.Range, Fields: []source.Field{{Key: "networks", Value: inner.Root}}}
	}
	return inner
}
