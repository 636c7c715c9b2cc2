// Package xds builds the small Envoy messages that several resources have in common: addresses, filters, matchers of strings
// and metadata, and the names by which clusters and route tables refer to each other.
package xds
