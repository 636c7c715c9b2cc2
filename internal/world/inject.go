package world

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/config"
)

// defaultAccount is the service account that the API server gives a Pod which names none.
const defaultAccount = "default"

// inject adds to a Pod what the API server and the injector would.
func inject(spec *config.PodSpec, meta *config.Meta, p DataPlane, workload string) {
	spec.ServiceAccountName = cmp.Or(spec.ServiceAccountName, defaultAccount)
	if p.Presence != HasSidecar {
		return
	}
	labels := maps.Clone(meta.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	preset(labels, config.LabelTLSMode, "istio")
	name := cmp.Or(labels["app.kubernetes.io/name"], labels["app"], workload)
	preset(labels, "service.istio.io/canonical-name", strings.Trim(name[:min(len(name), 63)], "-_."))
	preset(labels, "service.istio.io/canonical-revision", cmp.Or(labels["app.kubernetes.io/version"], labels["version"], "latest"))
	meta.Labels = labels
	isProxy := func(c config.Container) bool { return c.Name == proxyContainer }
	if !slices.ContainsFunc(spec.Containers, isProxy) && !slices.ContainsFunc(spec.InitContainers, isProxy) {
		spec.Containers = append(slices.Clip(spec.Containers), config.Container{
			Name: proxyContainer, Ports: []config.ContainerPort{{Name: "http-envoy-prom", ContainerPort: 15090, Protocol: "TCP"}},
		})
	}
}

func preset(labels map[string]string, key, value string) {
	if labels[key] == "" {
		labels[key] = value
	}
}

// readyAt is the status of a Pod that is ready, at an address.
func readyAt(ip string) config.PodStatus {
	return config.PodStatus{Phase: "Running", PodIP: ip, Conditions: []config.PodCondition{{Type: "Ready", Status: "True"}}}
}
