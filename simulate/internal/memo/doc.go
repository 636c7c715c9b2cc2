// Package memo keeps what was computed once for a key.
package memo
