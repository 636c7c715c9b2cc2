package mesh

import (
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
)

// Settings are those of the mesh as a whole.
type Settings struct {
	Config *meshconfig.MeshConfig // defaults filled in
	Object *config.Object         // where they are written, or nil
	Domain string                 // of the cluster; "cluster.local"

	Networks *meshconfig.MeshNetworks // of the istio ConfigMap, or nil
}

// A Mesh is everything that was loaded.
type Mesh struct {
	Settings Settings
	Services []*Service // by age as istiod orders them
}

// Build gathers objects into a mesh.
func Build(objects []*config.Object, settings Settings) (*Mesh, diag.List) { panic("not yet") }

// View returns what one proxy sees.
func (m *Mesh) View(p Proxy) *View { panic("not yet") }
