package route

import (
	"net/http"
	"strconv"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	previoushostsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/retry/host/previous_hosts/v3"
	previousprioritiesv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/retry/priority/previous_priorities/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"
	"sem.example/internal/compile/xds"
)

// What is retried, how often, and how many hosts are tried to find a new one, where nothing else is said.
const (
	outboundRetryOn   = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes"
	retryAttempts     = 2
	retryHostAttempts = 5
	inboundRetryOn    = "reset-before-request"
	retriableCodes    = "retriable-status-codes"
)

var (
	// otherHost makes a retry avoid the hosts that have failed the request already.
	otherHost = []*routev3.RetryPolicy_RetryHostPredicate{{
		Name:       "envoy.retry_host_predicates.previous_hosts",
		ConfigType: &routev3.RetryPolicy_RetryHostPredicate_TypedConfig{TypedConfig: xds.Any(&previoushostsv3.PreviousHostsPredicate{})},
	}}
	// otherPriority makes every second retry look for hosts of another priority, that is in other localities.
	otherPriority = &routev3.RetryPolicy_RetryPriority{
		Name: "envoy.retry_priorities.previous_priorities",
		ConfigType: &routev3.RetryPolicy_RetryPriority_TypedConfig{
			TypedConfig: xds.Any(&previousprioritiesv3.PreviousPrioritiesConfig{UpdateFrequency: 2}),
		},
	}
)

// retryPolicy is the retry policy of an outbound route; nil where retries are turned off. Without any of the user's it
// is istiod's own. Where the host is chosen by a hash, a retry does not look for another host unless asked to.
func retryPolicy(in *networking.HTTPRetry, hashed bool) *routev3.RetryPolicy {
	switch {
	case in == nil:
		return usualRetries[hashed]
	case in.Attempts <= 0:
		return nil
	}
	out := newRetryPolicy(hashed)
	out.NumRetries = wrapperspb.UInt32(uint32(in.Attempts))
	out.PerTryTimeout = in.PerTryTimeout
	if in.RetryOn != "" {
		out.RetryOn, out.RetriableStatusCodes = retryConditions(in.RetryOn)
	}
	if other := in.RetryIgnorePreviousHosts; other != nil {
		out.RetryHostPredicate = nil
		if other.Value {
			out.RetryHostPredicate = otherHost
		}
	}
	if in.RetryRemoteLocalities.GetValue() {
		out.RetryPriority = otherPriority
	}
	if in.Backoff != nil {
		out.RetryBackOff = &routev3.RetryPolicy_RetryBackOff{BaseInterval: in.Backoff}
	}
	return out
}

// InboundRetryPolicy is the retry policy of an inbound route; nil where the mesh turns retries off. There is one host to
// send to, so what says how another one is found does not count, and neither does the time limit of a try.
func InboundRetryPolicy(in *networking.HTTPRetry) *routev3.RetryPolicy {
	out := &routev3.RetryPolicy{RetryOn: inboundRetryOn, NumRetries: wrapperspb.UInt32(retryAttempts)}
	switch {
	case in == nil:
		return out
	case in.Attempts <= 0:
		return nil
	}
	out.NumRetries = wrapperspb.UInt32(uint32(in.Attempts))
	if in.RetryOn != "" {
		out.RetryOn, out.RetriableStatusCodes = retryConditions(in.RetryOn)
	}
	if in.Backoff != nil {
		out.RetryBackOff = &routev3.RetryPolicy_RetryBackOff{BaseInterval: in.Backoff}
	}
	return out
}

// usualRetries are the policies of routes for which nobody says anything, by whether a hash chooses the host.
var usualRetries = map[bool]*routev3.RetryPolicy{true: newRetryPolicy(true), false: newRetryPolicy(false)}

func newRetryPolicy(hashed bool) *routev3.RetryPolicy {
	out := &routev3.RetryPolicy{
		RetryOn:                       outboundRetryOn,
		NumRetries:                    wrapperspb.UInt32(retryAttempts),
		HostSelectionRetryMaxAttempts: retryHostAttempts,
	}
	if !hashed {
		out.RetryHostPredicate = otherHost
	}
	return out
}

// retryConditions splits retryOn into Envoy's conditions and the HTTP status codes among them.
func retryConditions(retryOn string) (string, []uint32) {
	var conditions []string
	var codes []uint32
	for item := range strings.SplitSeq(retryOn, ",") {
		item = strings.TrimSpace(item)
		if code, err := strconv.Atoi(item); err == nil && http.StatusText(code) != "" {
			codes = append(codes, uint32(code))
		} else if item != "" {
			conditions = append(conditions, item)
		}
	}
	on := strings.Join(conditions, ",")
	if len(codes) > 0 && !strings.Contains(on, retriableCodes) {
		on += "," + retriableCodes
	}
	return on, codes
}
