// Package routing is the model of what routes traffic: rules, their matches, and what they do with what matches. Every
// value knows the field that it was written in, so whoever uses a value also knows its origin.
//
// [Rules] are what one API resource says, with all names completed: its hosts, the gateways that it is bound to, and its
// rules in order of precedence. An [HTTPRule] matches requests, a [ConnectionRule] matches connections. The model is
// that of proxies, not of one API. The front ends that fill it:
//
//	resource         hosts                    gateways           rules                     matches           settings of a rule
//	VirtualService   spec.hosts               spec.gateways      spec.http, tls, tcp       match[]           fields of the rule
//	Ingress          rules[].host             of the Ingress     spec.rules[].http.paths,  path, pathType    –
//	                                                             the longest path first
//	HTTPRoute        spec.hostnames, limited  spec.parentRefs,   spec.rules, the most      matches[]         filters[], timeouts,
//	GRPCRoute        by those of listeners    one a listener     specific match first                        retry
//	TLSRoute         spec.hostnames           spec.parentRefs    spec.rules                hostnames as SNI  –
//	TCPRoute         every host               spec.parentRefs    spec.rules                –                 –
//
// Several resources may be merged into one value, as a VirtualService and its delegates are, or the HTTPRoutes of one
// listener and host name: a rule refers to its own object, whatever object the value belongs to. A backend that cannot be
// used stays a [Destination] without a host, since proxies answer its share of requests with an error.
package routing
