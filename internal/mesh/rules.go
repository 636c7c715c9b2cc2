package mesh

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A Written is where something stands in the input.
type Written struct {
	Object *config.Object
	Field  string
}

// A VirtualService is a VirtualService with short names completed and delegates merged in.
type VirtualService struct {
	Object *config.Object
	Spec   *networking.VirtualService
	HTTP   []Written // for each of Spec.Http, where it is written (a delegate's rule: in the delegate)
}

// A DestinationRule is what DestinationRules of one host come to for one client.
type DestinationRule struct {
	Spec    *networking.DestinationRule
	Host    Written            // the rule that gave the policy
	Subsets map[string]Written // by name
	From    []*config.Object   // all that were merged, the oldest first
	Hidden  []Loser            // rules for this host that do not apply, with the reason
}

// A Loser is a document that would have applied and does not.
type Loser struct {
	Object *config.Object
	Field  string
	Reason string
}

// An EgressListener is one outbound listener of a proxy's Sidecar, or the default that imports everything.
type EgressListener struct {
	Spec            *networking.IstioEgressListener // nil for the default
	Field           string                          // of the Sidecar; "" for the default
	Services        []*Service                      // in istiod's order; a host twice where one namespace defines it twice
	VirtualServices []*VirtualService               // for gateway "mesh", in order of precedence
}

// A Target is a port of a service that the proxy's own workload serves.
type Target struct {
	Service *Service
	Port    *Port
	Number  uint32 // the port of the workload
}
