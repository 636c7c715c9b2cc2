package mesh

import (
	"cmp"

	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// Settings are those of the mesh as a whole. The zero Settings are those of a mesh that configures nothing.
type Settings struct {
	Config   *meshconfig.MeshConfig   // defaults filled in
	Networks *meshconfig.MeshNetworks // nil where none are configured
	Object   *config.Object           // where they are written, or nil
	Domain   string                   // of the cluster; "cluster.local"
	Cluster  string                   // the cluster's own name; "Kubernetes"
}

// ReadSettings reads the settings of a mesh from the first document that holds them: a MeshConfig by itself or in the
// values of a chart, an IstioOperator, or istiod's ConfigMap. The second result is false where none does; then the
// settings are the defaults.
func ReadSettings(docs []*source.Document) (Settings, bool, diag.List) {
	for _, doc := range docs {
		if doc.Kind == "" || config.HoldsMeshConfig(doc) {
			o, found := config.ReadMeshConfig(doc)
			networks, more := config.ReadMeshNetworks(doc)
			s := Settings{Config: config.Spec[*meshconfig.MeshConfig](o), Networks: networks, Object: o}
			return s.complete(), true, append(found, more...)
		}
	}
	return Settings{}.complete(), false, nil
}

// complete fills in what the settings leave open.
func (s Settings) complete() Settings {
	s.Domain = cmp.Or(s.Domain, "cluster.local")
	s.Cluster = cmp.Or(s.Cluster, "Kubernetes")
	if s.Config == nil {
		s.Config = config.DefaultMeshConfig()
	}
	return s
}

// Written returns where a field of MeshConfig stands, or zero for a default.
func (s Settings) Written(field string) Written {
	if s.Object == nil || s.Object.Doc.Lookup(field) == nil {
		return config.Place{}
	}
	return config.Place{Object: s.Object, Field: field}
}
