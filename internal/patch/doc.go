// Package patch applies EnvoyFilters to the Envoy resources of one proxy, as istiod does.
//
// [Select] takes the EnvoyFilters that are attached to a proxy and returns the [Patches] that act on it, in the order in
// which istiod applies them: by priority, then the root namespace before the proxy's own, then by age and name. The
// methods of Patches change one resource each. They never change the message that they are given: what a patch touches is
// cloned first.
//
// istiod applies the patches of a group of listeners (inbound, outbound, or those of a gateway) together. A MERGE whose
// type differs from that of the filter makes it give up on the group: what it patched before stays, everything later is
// lost. [Patches.Listeners] therefore takes a whole group.
//
// Filters that only observe traffic are left out of the resources that sem builds, yet patches name them as anchors
// (istio.metadata_exchange, envoy.filters.http.grpc_stats). They are put in place before the patches are applied, and
// removed afterwards.
package patch
