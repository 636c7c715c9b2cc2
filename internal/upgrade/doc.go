// Package upgrade reports what changes for a mesh when its Istio is replaced by another release.
//
// The mesh is built for both releases, and what differs is compared at three levels: documents and their findings, the
// resources of each class of proxies, and the answers to requests. Why something differs is found by building the mesh
// for the old release with one row of the table changed at a time: what such a row changes is attributed to it.
package upgrade
