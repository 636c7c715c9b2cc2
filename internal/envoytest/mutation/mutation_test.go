package mutation_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"sem.example/internal/envoytest/manifest"
	"sem.example/internal/envoytest/mutation"
)

// service is a document with a list, a map and a scalar.
func service() []manifest.Tree {
	return []manifest.Tree{{
		"apiVersion": "v1", "kind": "Service", "metadata": manifest.Tree{"name": "cart", "namespace": "shop"},
		"spec": manifest.Tree{"clusterIP": "10.0.0.1", "ports": []any{manifest.Tree{"port": 80, "name": "http"}}},
	}}
}

// Each kind is read, has a name of its own, and changes no document that it is given.
func TestKinds(t *testing.T) {
	kinds, err := mutation.Kinds()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	docs := service()
	applied := 0
	for _, k := range kinds {
		if seen[k.Name] {
			t.Errorf("%s is there twice", k.Name)
		}
		seen[k.Name] = true
		changed, ok := k.Apply(docs, rand.New(rand.NewPCG(1, 2)))
		if !reflect.DeepEqual(docs, service()) {
			t.Fatalf("%s changes the documents that it is given", k.Name)
		}
		if ok && reflect.DeepEqual(changed, docs) {
			t.Errorf("%s changes nothing", k.Name)
		}
		if ok {
			applied++
		}
	}
	if len(kinds) < 300 || applied < 10 {
		t.Errorf("%d kinds, %d of them for a Service", len(kinds), applied)
	}
}

func TestNeutrals(t *testing.T) {
	docs := service()
	for _, n := range mutation.Neutrals() {
		if n.Apply(docs, rand.New(rand.NewPCG(1, 2))); !reflect.DeepEqual(docs, service()) {
			t.Fatalf("%s changes the documents that it is given", n.Name)
		}
	}
}
