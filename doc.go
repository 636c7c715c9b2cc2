// Package sem answers, from configuration files alone, whether the configuration of an Istio mesh is right and what a proxy does
// with a request. It never touches the network.
//
// [Load] reads files and folders, and [LoadFS] any file system of Go, into a [Mesh]. [Mesh.Validate] finds what is wrong with the
// documents; [Mesh.Trace] follows a call from proxy to proxy and names the field behind every decision; [Mesh.Render] writes the
// Envoy resources that a proxy would receive. [LoadDump] answers calls from what a live proxy runs. A mesh that was read does not
// change, and its methods can be called by several goroutines at once.
//
// Mistakes in documents are findings, not errors. An error says that the question could not be answered: a file that cannot be
// read, a name that is not that of a proxy. What is not modelled is listed in the answer.
//
// # Stability
//
// What this page names stays: within a major version functions, types, fields and constants are only added, and what they mean
// does not change. The JSON forms of [Trace] and [Call] are those of "sem trace -o json" and "sem trace --batch", documents of
// apiVersion sem/v1, to which fields are only added. IDs of checks are never reused. Texts for people (summaries, messages, help,
// what [WriteTrace] writes) and the order of what is found may get better from release to release, and so may verdicts where
// sem was wrong. The other packages of this module serve this one and may change at any time.
package sem
