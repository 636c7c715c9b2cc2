package mesh

import (
	"strconv"

	"sem.example/internal/mesh/routing"
)

// MeshGateway is the name by which rules are bound to sidecars.
const MeshGateway = routing.MeshGateway

// A VirtualService is the rules of a VirtualService with short names completed and delegates merged in.
type VirtualService = routing.Rules

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
