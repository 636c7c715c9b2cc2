package mesh

import (
	"testing"

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
	m := buildYAML(t, []byte(`
apiVersion: v1
kind: Pod
metadata: {name: ready, namespace: a}
status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Initialized, status: "True"}, {type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: failed, namespace: a}
status: {phase: Failed, podIP: 10.0.0.2, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: leaving, namespace: a, deletionTimestamp: "2026-01-01T00:00:00Z"}
status: {phase: Running, podIP: 10.0.0.3, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: unprobed, namespace: a}
status: {phase: Running, podIP: 10.0.0.4}
---
apiVersion: v1
kind: Pod
metadata: {name: addressless, namespace: a}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
`), nil)
	for _, o := range m.Objects("Pod") {
		if got, want := podReady(config.Spec[*config.Pod](o)), o.Name == "ready"; got != want {
			t.Errorf("%s: %v", o.Name, got)
		}
	}
}
