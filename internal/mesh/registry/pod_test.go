package registry

import (
	"testing"

	"sigs.k8s.io/yaml"

	"sem.example/internal/config"
)

// A Pod's workload is named after what made it, as far as the Pod tells.
func TestPodWorkload(t *testing.T) {
	tests := []struct {
		generate, kind, owner string
		labels                map[string]string
		want                  string
	}{
		{"", "ReplicaSet", "web-abc", nil, "pod"},
		{"web-", "", "", nil, "pod"},
		{"web-abc-", "ReplicaSet", "web-abc", map[string]string{"pod-template-hash": "abc"}, "web"},
		{"web-abc-", "ReplicaSet", "web-abc", map[string]string{"rollouts-pod-template-hash": "abc"}, "web"},
		{"web-abc-", "ReplicaSet", "web-abc", nil, "web-abc"},
		{"db-", "StatefulSet", "db", nil, "db"},
		{"rc-", "ReplicationController", "rc-1", map[string]string{"deploymentconfig": "rc"}, "rc"},
		{"rc-", "ReplicationController", "rc-1", nil, "rc-1"},
		{"job-", "Job", "nightly-27654321", nil, "nightly"},
		{"job-", "Job", "once", nil, "once"},
		{"web-", "ReplicaSet", "web-abc", map[string]string{"service.istio.io/workload-name": "named"}, "named"},
	}
	for _, test := range tests {
		pod := &config.Pod{}
		pod.Metadata.GenerateName = test.generate
		if test.owner != "" {
			pod.Metadata.OwnerReferences = []config.OwnerReference{{Kind: "Other", Name: "other"}, {Kind: test.kind, Name: test.owner, Controller: true}}
		}
		o := &config.Object{Kind: "Pod", Meta: config.Meta{Name: "pod", Labels: test.labels}, Spec: pod}
		if got := podWorkload(o); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}

func TestPodReady(t *testing.T) {
	for _, test := range []struct {
		name, pod string
		want      bool
	}{
		{"ready", `{status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Initialized, status: "True"}, {type: Ready, status: "True"}]}}`, true},
		{"not ready", `{status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "False"}]}}`, false},
		{"failed", `{status: {phase: Failed, podIP: 10.0.0.2, conditions: [{type: Ready, status: "True"}]}}`, false},
		{"succeeded", `{status: {phase: Succeeded, podIP: 10.0.0.2, conditions: [{type: Ready, status: "True"}]}}`, false},
		{"leaving", `{metadata: {deletionTimestamp: "2026-01-01T00:00:00Z"}, status: {phase: Running, podIP: 10.0.0.3, conditions: [{type: Ready, status: "True"}]}}`, false},
		{"unprobed", `{status: {phase: Running, podIP: 10.0.0.4}}`, false},
		{"addressless", `{status: {phase: Running, conditions: [{type: Ready, status: "True"}]}}`, false},
	} {
		pod := &config.Pod{}
		if err := yaml.Unmarshal([]byte(test.pod), pod); err != nil {
			t.Fatal(err)
		}
		if got := podReady(pod); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
