package gatewayapi

import (
	"maps"
	"slices"
	"strings"
)

// Annotations of a Gateway that change what istiod's controller deploys, and the label of a ConfigMap with parameters for a whole class.
const (
	NameOverride   = "gateway.istio.io/name-override"
	ServiceAccount = "gateway.istio.io/service-account"
	ServiceType    = "networking.istio.io/service-type"
	ClassDefaults  = "gateway.istio.io/defaults-for-class"
)

// DeploymentName is the name of the Service and the Deployment that istiod's controller makes for a Gateway.
func (s *GatewaySpec) DeploymentName(gateway string, annotations map[string]string) string {
	if name := annotations[NameOverride]; name != "" {
		return name
	}
	return gateway + "-" + s.GatewayClassName
}

// DeployedLabels are the labels that a Gateway gives to what istiod's controller makes for it: those of its infrastructure, or else its own.
func (s *GatewaySpec) DeployedLabels(own map[string]string) map[string]string {
	if i := s.Infrastructure; i != nil && i.Labels != nil {
		return infrastructure(i.Labels)
	}
	return maps.Clone(own)
}

// DeployedAnnotations are the annotations that a Gateway gives to what istiod's controller makes for it.
func (s *GatewaySpec) DeployedAnnotations(own map[string]string) map[string]string {
	if i := s.Infrastructure; i != nil && i.Annotations != nil {
		return infrastructure(i.Annotations)
	}
	return maps.Clone(own)
}

// infrastructure leaves out what the API keeps for itself.
func infrastructure(in map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range in {
		if !strings.HasPrefix(k, Group+"/") {
			out[k] = v
		}
	}
	return out
}

// Parameters is the name of the ConfigMap that changes what istiod's controller makes for a Gateway. The fault is why it cannot be one.
func (s *GatewaySpec) Parameters() (name, fault string) {
	if s.Infrastructure == nil || s.Infrastructure.ParametersRef == nil {
		return "", ""
	}
	ref := s.Infrastructure.ParametersRef
	if ref.Kind == nil || *ref.Kind != "ConfigMap" || ref.Group != nil && *ref.Group != "" {
		return "", "Istio reads parameters from a ConfigMap only"
	}
	return ref.Name, ""
}

// parameterKeys are the parts of a deployment that parameters change.
var parameterKeys = []string{"deployment", "horizontalPodAutoscaler", "podDisruptionBudget", "service", "serviceAccount"}

// UnknownParameter is the first key of parameters that istiod's controller does not know; "" where it knows them all. With such a key it
// deploys nothing.
func UnknownParameter(data map[string]string) string {
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if !slices.Contains(parameterKeys, key) {
			return key
		}
	}
	return ""
}
