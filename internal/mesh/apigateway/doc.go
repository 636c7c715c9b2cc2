// Package apigateway is the front end of the Gateway API: it translates Gateways, ListenerSets and routes into the model of
// package routing, by the rules of Istio's controller. Every value keeps the place that it is written at.
package apigateway
