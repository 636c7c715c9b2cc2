package config

import (
	"testing"

	networking "istio.io/api/networking/v1alpha3"
)

func TestFieldName(t *testing.T) {
	o := &Object{Kind: "DestinationRule", Spec: &networking.DestinationRule{}}
	const api = "istio.networking.v1alpha3."
	for path, want := range map[string]string{
		"spec.host":                        api + "DestinationRule.host",
		"spec.subsets[2].name":             api + "Subset.name",
		"spec.trafficPolicy.retryBudget":   api + "TrafficPolicy.retry_budget",
		"spec.subsets[0].labels":           api + "Subset.labels",
		"spec.subsets[0].labels.version":   "",
		"spec.none":                        "",
		"spec.host.none":                   "",
		"metadata.name":                    "",
		"spec":                             "",
		"spec.trafficPolicy.tls.mode.none": "",
	} {
		if got := o.FieldName(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := (&Object{Spec: 7}).FieldName("spec.host"); got != "" {
		t.Error(got)
	}
}
