// Package request reads calls from what people have at hand: a curl command line, or a line of a proxy's access log.
package request
