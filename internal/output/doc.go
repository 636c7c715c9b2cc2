// Package output prints diagnostics and traces for people and for machines, one file a format.
//
// Whoever calls it has decided everything but the looks: it neither filters nor counts. Colour and the width of the
// terminal are passed in, so every format can be a golden. This is the only package that knows lipgloss.
package output
