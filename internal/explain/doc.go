// Package explain answers calls in the words of the documents. It is the only room that writes sentences about an answer.
//
// A [World] has the pipeline decide what happens to a call, and adds to the trace what only the documents can show:
//
//	resolution.go  how the application comes to an address for the name that it calls
//	unused.go      documents that could have decided about the call, with the reason why they do not
//	findings.go    findings of validation that belong to the call, each at the decision that it explains
//	advice.go      what to change where the call fails
//
// One call and each call of a batch are answered in the same way.
package explain
