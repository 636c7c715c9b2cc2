// Package gatewayapi holds the resources of the Kubernetes Gateway API that a mesh depends on, with the defaults that the
// API server fills in. Each is a small struct of the fields that Istio reads, as config has for other kinds of Kubernetes.
package gatewayapi
