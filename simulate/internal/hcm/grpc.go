package hcm

import "net/http"

// httpOfGRPC is the HTTP status that Envoy answers in place of a gRPC status to a client that does not speak gRPC.
func httpOfGRPC(code uint32) int {
	switch code {
	case 0:
		return 200
	case 3:
		return 400
	case 4:
		return 504
	case 5:
		return 404
	case 7:
		return 403
	case 8:
		return 429
	case 12:
		return 501
	case 14:
		return 503
	case 16:
		return 401
	}
	return 500
}

// GRPCStatus is the gRPC status that Envoy gives in place of an HTTP status of its own, in an answer of status 200.
func GRPCStatus(status int) int {
	switch status {
	case http.StatusBadRequest:
		return 13
	case http.StatusUnauthorized:
		return 16
	case http.StatusForbidden:
		return 7
	case http.StatusNotFound:
		return 12
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return 14
	}
	return 2
}
