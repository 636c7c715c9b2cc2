package render

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"sem.example/internal/envoy"
)

// inline puts the configurations that filters fetch into the filters. Code of Wasm is left out: Istio's agent fetches it, and Envoy
// refuses a listener whose code it cannot load.
func (c converter) inline(m proto.Message) {
	c.fetch.Inline(m, func(filter string, config *anypb.Any) bool { return !c.notInlined(filter, envoy.TypeOf(config)) })
}

// notInlined reports whether a filter is left out for the type of what it fetches, "" where that is not known.
func (c converter) notInlined(what, kind string) bool {
	switch {
	case kind == "":
		c.leftOut.add(what, "it fetches its configuration, which is not among the resources")
	case strings.HasSuffix(kind, ".wasm.v3.Wasm"):
		c.leftOut.add(what, "Istio's agent fetches its code")
	default:
		return false
	}
	return true
}
