// Package migrate writes the VirtualServices and Gateways of a mesh as resources of the Gateway API, and subsets of
// DestinationRules as Services. What the Gateway API cannot say is a [Remark] at the field that says it.
//
// It reads the model of package routing, in which names are complete and delegates are merged, and is the opposite of package
// apigateway: rules in, resources out. It does not decide whether both answer requests alike: a comparison of the two meshes does.
package migrate
