package simulate

import (
	"fmt"
	"net/http"
	"strconv"

	"sem.example/simulate/decision"
)

// grpcCodes are the names of gRPC's statuses that a proxy gives.
var grpcCodes = map[int]string{2: "UNKNOWN", 7: "PERMISSION_DENIED", 12: "UNIMPLEMENTED", 13: "INTERNAL", 14: "UNAVAILABLE", 16: "UNAUTHENTICATED"}

// grpcOfHTTP is the gRPC status that Envoy gives in place of an HTTP status of its own, in an answer of status 200.
func grpcOfHTTP(status int) int {
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

// grpcSeen is what a gRPC client sees of an answer that the proxy gives itself.
func grpcSeen(status int) string {
	code := grpcOfHTTP(status)
	return fmt.Sprintf("grpc-status %d (%s), in place of %s", code, grpcCodes[code], decision.StatusText(status))
}

// setGRPC notes the gRPC status of the proxy's own answer.
func (r *run) setGRPC(o *decision.Outcome) {
	if r.up.Req == nil || !r.up.Req.Grpc() || o.Status == 0 || r.Hop.Response == nil {
		return
	}
	response := *r.Hop.Response
	response.GRPCStatus = strconv.Itoa(grpcOfHTTP(o.Status))
	r.Hop.Response = &response
}
