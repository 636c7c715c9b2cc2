// Package kubectl reads what a mesh needs of a running cluster, through the user's own kubectl: with the user's contexts, logins and
// permissions, and nothing else. It never asks for Secrets and changes nothing.
//
// A [Dump] is files, as 'sem collect' writes them: whoever reads a dump from memory and whoever reads it from a folder reads the same
// bytes. What a mesh does not depend on is left out, and with it what could be confidential: see trim.go.
package kubectl
