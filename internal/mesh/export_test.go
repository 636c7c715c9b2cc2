package mesh

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// CompareScopes is for the test of random meshes, which are read by a package above this one.
var CompareScopes = compareScopes

// compareScopes holds what a proxy of each namespace sees where namespaces share a scope against what it sees where each has its
// own. Of the two meshes, which are built alike, the second one stops sharing.
func compareScopes(t *testing.T, sharing, alone *Mesh) (shared int) {
	t.Helper()
	namespaces := []string{"unheard-of", "default"}
	for _, s := range sharing.Services {
		namespaces = append(namespaces, s.Namespace)
		namespaces = append(namespaces, s.Audience().Namespaces...)
	}
	for _, v := range sharing.virtualServices.all {
		namespaces = append(append(namespaces, v.Object.Namespace), v.Audience.Namespaces...)
		for _, r := range v.HTTP {
			for _, m := range r.Matches {
				namespaces = append(namespaces, m.Client.Namespace)
			}
		}
	}
	slices.Sort(namespaces)
	namespaces = slices.DeleteFunc(slices.Compact(namespaces), func(ns string) bool { return ns == "" || strings.ContainsAny(ns, "*.~") })
	alone.sorting.Do(func() {
		alone.distinct = map[string]bool{}
		for _, ns := range namespaces {
			alone.distinct[ns] = true
		}
	})
	for _, ns := range namespaces {
		for _, role := range []ProxyType{Sidecar, Gateway} {
			p := Proxy{Type: role, Namespace: ns, Name: "web"}
			if sharing.seesAsMost(ns) {
				shared++
			}
			if diff := cmp.Diff(dumpOf(t, alone.View(p)), dumpOf(t, sharing.View(p))); diff != "" {
				t.Errorf("%s of namespace %s (-alone +sharing):\n%s", role, ns, diff)
			}
		}
	}
	return shared
}

func dumpOf(t *testing.T, v *View) string {
	t.Helper()
	var out bytes.Buffer
	if err := v.Dump(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
