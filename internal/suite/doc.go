// Package suite runs request tests: files named NAME_test.yaml that say what happens to requests.
//
//	request:                       # what all requests of the file have in common
//	  from: shop/web
//	tests:
//	- name: testers get the new version
//	  request:
//	    url: http://reviews/
//	    path: [/, /recent]         # a list makes a request of each
//	    headers: {x-tester: "yes"}
//	  expect:                      # any part of the trace document
//	    verdict: DELIVERED
//	    destination: {subset: v2}
//	  expectNot:
//	    cluster: {regex: .*legacy.*}
//
// [Read] makes a [File] of a text; a [File] holds each [Case] with its requests, and its expectations as patterns that were
// held against the shape of the trace document when they were read, so that a mistyped field is a mistake of the file and
// not a failed test. [Run] traces the requests and compares. What a file gets wrong is a diagnostic with its place, and
// what a trace gets wrong a [Failure] with the place of the expectation.
package suite
