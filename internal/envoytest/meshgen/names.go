package meshgen

import "sem.example/internal/envoytest/manifest"

// tree is a document or a part of one.
type tree = manifest.Tree

// The namespace of the control plane, whose documents are for the whole mesh.
const root = "istio-system"

// teams are the namespaces that hold workloads.
var teams = []string{"shop", "bank"}

// The versions of the APIs.
const networking, security = "networking.istio.io/v1", "security.istio.io/v1"
