// Package draw makes pictures of a graph: it gives each node a place in columns from clients to hosts outside, with a frame around
// each namespace, and prints the result as SVG or PNG. The same graph is the same picture, to the byte.
package draw
