// Package world completes what an input leaves to the cluster.
//
// Istio's configuration speaks of Pods, addresses and sidecars that a repository does not hold: the API server gives a
// Service its address, controllers make Pods of templates, istiod deploys the gateways of the Gateway API, and the injector
// adds proxies to Pods. [Complete] adds what they would, as objects like those of the input, and records each addition as an
// [Assumption]. What an input says of Pods and endpoints takes precedence over what a template says, and objects that were
// read from a cluster are taken as they are.
package world
