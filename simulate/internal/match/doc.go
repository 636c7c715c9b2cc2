// Package match compiles Envoy's matchers (strings, headers, query parameters, cookies, metadata, paths, address
// ranges, fractions) to tests of a request.
package match
