package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/source"
)

// What makes Pods is read from the kinds of Kubernetes and from any custom resource with a template of Pods.
func TestWorkloads(t *testing.T) {
	type workload struct {
		Kind     string
		Labels   []map[string]string // of each template
		Selector map[string]string
		Replicas int
		Ready    int
		Stopped  bool // suspended or finished
	}
	app := func(names ...string) []map[string]string {
		var out []map[string]string
		for _, name := range names {
			out = append(out, map[string]string{"app": name})
		}
		return out
	}
	const template = "template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c}]}}"
	tests := map[string]struct {
		text string
		want *workload // nil: the document is skipped
	}{
		"Deployment": {
			"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 3, selector: {matchLabels: {app: a}}, " + template + "}\nstatus: {readyReplicas: 2}\n",
			&workload{Kind: "Deployment", Labels: app("a"), Selector: map[string]string{"app": "a"}, Replicas: 3, Ready: 2},
		},
		"ReplicationController": {
			"apiVersion: v1\nkind: ReplicationController\nmetadata: {name: a}\nspec: {selector: {app: a}, " + template + "}\n",
			&workload{Kind: "ReplicationController", Labels: app("a"), Selector: map[string]string{"app": "a"}, Replicas: 1},
		},
		"suspended CronJob": {
			"apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {suspend: true, jobTemplate: {spec: {" + template + "}}}\nstatus: {active: [{name: a-1}]}\n",
			&workload{Kind: "CronJob", Labels: app("a"), Replicas: 1, Stopped: true},
		},
		"finished Job": {
			"apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {" + template + "}\nstatus: {conditions: [{type: Complete, status: 'True'}]}\n",
			&workload{Kind: "Job", Labels: app("a"), Replicas: 1, Stopped: true},
		},
		"replicas of another type": {
			"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: '2', " + template + "}\n",
			&workload{Kind: "Deployment", Labels: app("a"), Replicas: 1},
		},
		"Argo Rollout": {
			"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec: {replicas: 0, selector: {matchLabels: {app: a}}, " + template + "}\n",
			&workload{Kind: "Rollout", Labels: app("a"), Selector: map[string]string{"app": "a"}},
		},
		"Knative Service": {
			"apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\nspec: {" + template + "}\n",
			&workload{Kind: "serving.knative.dev/Service", Labels: app("a"), Replicas: 1},
		},
		"several templates, in a list and a map": {
			"apiVersion: example.com/v1\nkind: Cluster\nmetadata: {name: a}\nspec:\n  head: {" + template + "}\n  workers:\n  - template: {metadata: {labels: {app: b}}, spec: {containers: [{name: c}]}}\n",
			&workload{Kind: "Cluster", Labels: app("a", "b"), Replicas: 1},
		},
		"custom resource without containers": {
			"apiVersion: example.com/v1\nkind: Cluster\nmetadata: {name: a}\nspec: {template: {spec: {containers: {name: c}}}}\n", nil,
		},
		"definition of a custom resource": {
			"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\nspec: {" + template + "}\n", nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			objects, skipped, found := Decode([]*source.Document{parse(t, test.text)}, "default")
			if len(found) > 0 || len(objects)+skipped != 1 {
				t.Fatalf("%d objects, %d skipped, %v", len(objects), skipped, found)
			}
			var got *workload
			for _, o := range objects {
				w := Spec[*Workload](o)
				got = &workload{Kind: o.Kind, Selector: w.Selector, Replicas: w.Replicas, Ready: w.Ready, Stopped: w.Suspended || w.Finished}
				for _, t := range w.Templates() {
					got.Labels = append(got.Labels, t.Metadata.Labels)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An object that a cluster has stored is told from one that somebody wrote.
func TestLive(t *testing.T) {
	for text, want := range map[string]bool{
		"apiVersion: v1\nkind: Service\nmetadata: {name: a}\n":                              false,
		"apiVersion: v1\nkind: Service\nmetadata: {name: a, resourceVersion: '7'}\n":        true,
		"apiVersion: v1\nkind: Service\nmetadata: {name: a, uid: 5e2f}\n":                   true,
		"apiVersion: v1\nkind: Service\nmetadata: {name: a, uid: '', generation: 1}\n":      false,
		"apiVersion: v1\nkind: Service\nmetadata: {name: a, annotations: {uid: 'other'}}\n": false,
	} {
		objects, _, _ := Decode([]*source.Document{parse(t, text)}, "default")
		if len(objects) != 1 || objects[0].Live != want {
			t.Errorf("%s: live is not %v", text, want)
		}
	}
}
