// Package origin notes where each part of a generated resource is written: in which document, at which field.
//
// A resource that is being built has a [List] of origins by part, since its address is not known yet. Once it is, the list
// goes to the proxy's [Store].
package origin
