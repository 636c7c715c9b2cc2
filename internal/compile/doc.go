// Package compile turns one proxy's view of the mesh into the Envoy resources that the proxy would receive.
//
// It says what istiod of Istio 1.32 says for the same documents. One file holds one Envoy concept; package simulate has
// files of the same names, which read what is written here. A [Compiler] builds on demand, by name, so that a trace pays
// for the one listener, route table and clusters that its request touches; [Compiler.Snapshot] builds everything.
package compile
