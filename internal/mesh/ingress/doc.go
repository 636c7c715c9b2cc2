// Package ingress is the front end for Kubernetes Ingresses: it makes gateways and rules of those that belong to Istio, as
// istiod does, and gives the reason for those that do not.
package ingress
