package registry

import (
	"testing"

	meshconfig "istio.io/api/mesh/v1alpha1"
)

// TestClusterLocal compares which services are each cluster's own.
func TestClusterLocal(t *testing.T) {
	setting := func(local bool, hosts ...string) *meshconfig.MeshConfig_ServiceSettings {
		return &meshconfig.MeshConfig_ServiceSettings{Settings: &meshconfig.MeshConfig_ServiceSettings_Settings{ClusterLocal: local}, Hosts: hosts}
	}
	for name, test := range map[string]struct {
		namespace, service string
		settings           []*meshconfig.MeshConfig_ServiceSettings
		want               bool
	}{
		"any":                    {namespace: "shop", service: "cart"},
		"of Kubernetes":          {namespace: "kube-system", service: "dns", want: true},
		"the API server":         {namespace: "default", service: "kubernetes", want: true},
		"the control plane":      {namespace: "istio-system", service: "istiod", want: true},
		"taken out by name":      {"kube-system", "dns", []*meshconfig.MeshConfig_ServiceSettings{setting(false, "dns.kube-system.svc.cluster.local")}, false},
		"all of a namespace":     {"shop", "cart", []*meshconfig.MeshConfig_ServiceSettings{setting(true, "*.shop.svc.cluster.local")}, true},
		"the most specific":      {"shop", "cart", []*meshconfig.MeshConfig_ServiceSettings{setting(true, "*"), setting(false, "*.shop.svc.cluster.local")}, false},
		"a host before wildcard": {"shop", "cart", []*meshconfig.MeshConfig_ServiceSettings{setting(true, "cart.shop.svc.cluster.local"), setting(false, "*")}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Service{Name: test.service, Namespace: test.namespace, Host: kubernetesHost(test.service, test.namespace, "cluster.local")}
			mesh := &meshconfig.MeshConfig{RootNamespace: "istio-system", ServiceSettings: test.settings}
			if got := clusterLocal(s, mesh); got != test.want {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}
