package world

import "sem.example/internal/config"

// Presence reports whether a workload has a proxy.
type Presence string

// The presences.
const (
	HasSidecar Presence = "sidecar"
	HasNone    Presence = "none"
	IsGateway  Presence = "gateway" // the proxy is the workload
	InAmbient  Presence = "ambient" // a proxy of the node takes its traffic
)

// A DataPlane is what is before a workload.
type DataPlane struct {
	Presence Presence
	Because  string
	Known    bool           // the input shows the proxy itself, or that there is none
	Guess    bool           // nothing in the input says it
	Object   *config.Object // of the input: a Pod, or what makes it
}
