// Package settings holds what is set for the mesh as a whole.
package settings

import (
	"cmp"
	"slices"

	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/release"
	"sem.example/internal/source"
)

// Settings are those of the mesh as a whole. The zero Settings are those of a mesh that configures nothing.
type Settings struct {
	Config   *meshconfig.MeshConfig   // defaults filled in
	Networks *meshconfig.MeshNetworks // nil where none are configured
	Object   *config.Object           // where they are written, or nil
	Domain   string                   // of the cluster; "cluster.local"
	Cluster  string                   // the cluster's own name; "Kubernetes"
	Release  release.Release          // of Istio; the zero one is the newest
}

// Read reads the settings of a mesh from the first document that holds them: a MeshConfig by itself or in the
// values of a chart, an IstioOperator, or istiod's ConfigMap. The second result is false where none does; then the
// settings are the defaults.
func Read(docs []*source.Document) (Settings, bool, diag.List) {
	for _, doc := range docs {
		if doc.Kind == "" || config.HoldsMeshConfig(doc) {
			o, found := config.ReadMeshConfig(doc)
			networks, more := config.ReadMeshNetworks(doc)
			s := Settings{Config: config.Spec[*meshconfig.MeshConfig](o), Networks: networks, Object: o}
			return s.Complete(), true, append(found, more...)
		}
	}
	return Settings{}.Complete(), false, nil
}

// Complete fills in what the settings leave open.
func (s Settings) Complete() Settings {
	s.Domain = cmp.Or(s.Domain, "cluster.local")
	s.Cluster = cmp.Or(s.Cluster, "Kubernetes")
	if s.Config == nil {
		s.Config = config.DefaultMeshConfig()
	}
	return s
}

// ExportTo returns a default of exportTo as the release reads it: in older ones the own namespace leaves no room for others.
func (s Settings) ExportTo(all []string) []string {
	const own = "."
	if slices.Contains(all, own) && !s.Release.Has(release.ExportToNames) {
		return []string{own}
	}
	return all
}

// PlaceOf returns where a field of MeshConfig stands, or zero for a default.
func (s Settings) PlaceOf(field string) config.Place {
	if s.Object == nil || s.Object.Doc.Lookup(field) == nil {
		return config.Place{}
	}
	return config.Place{Object: s.Object, Field: field}
}

// SPIFFE begins every identity.
const SPIFFE = "spiffe://"

// Identity returns the SPIFFE identity of a service account, or "" where one of its names is missing.
func (s Settings) Identity(namespace, account string) string {
	if namespace == "" || account == "" {
		return ""
	}
	return SPIFFE + s.Config.TrustDomain + "/ns/" + namespace + "/sa/" + account
}
