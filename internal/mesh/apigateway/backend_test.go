package apigateway

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh/routing"
)

// TestRetriesAndTimeouts translates the retries and the time limits of a rule. A limit for one try is one for the request where
// there are no retries.
func TestRetriesAndTimeouts(t *testing.T) {
	const usual = "connect-failure,refused-stream,unavailable,cancelled"
	none, three := 0, 3
	second, minute := "1s", "1m"
	for name, test := range map[string]struct {
		retry    *gatewayapi.Retry
		timeouts *gatewayapi.Timeouts
		retries  *networking.HTTPRetry
		timeout  *durationpb.Duration
	}{
		"nothing":          {},
		"the default":      {retry: &gatewayapi.Retry{}, retries: &networking.HTTPRetry{Attempts: 2, RetryOn: usual}},
		"codes":            {retry: &gatewayapi.Retry{Attempts: &three, Codes: []int{503}, Backoff: &second}, retries: &networking.HTTPRetry{Attempts: 3, RetryOn: usual + ",503", Backoff: durationpb.New(time.Second)}},
		"none":             {retry: &gatewayapi.Retry{Attempts: &none}, retries: &networking.HTTPRetry{}},
		"a request":        {timeouts: &gatewayapi.Timeouts{Request: &minute}, timeout: durationpb.New(time.Minute)},
		"a try alone":      {timeouts: &gatewayapi.Timeouts{Request: &minute, BackendRequest: &second}, timeout: durationpb.New(time.Second)},
		"a try of several": {retry: &gatewayapi.Retry{}, timeouts: &gatewayapi.Timeouts{Request: &minute, BackendRequest: &second}, retries: &networking.HTTPRetry{Attempts: 2, RetryOn: usual, PerTryTimeout: durationpb.New(time.Second)}, timeout: durationpb.New(time.Minute)},
	} {
		t.Run(name, func(t *testing.T) {
			var rule routing.HTTPRule
			at := config.At(&config.Object{}, "spec.rules[0]")
			setRetry(&rule, test.retry, at)
			setTimeouts(&rule, test.timeouts, at)
			if diff := cmp.Diff(test.retries, rule.Retries.Value, protocmp.Transform()); diff != "" {
				t.Errorf("retries (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.timeout, rule.Timeout.Value, protocmp.Transform()); diff != "" {
				t.Errorf("timeout (-want +got):\n%s", diff)
			}
		})
	}
}
