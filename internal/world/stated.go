package world

import (
	"fmt"
	"slices"
	"strings"
)

// Stated is something about workloads that is decided by hand.
type Stated struct {
	Presence  Presence
	Namespace string
	Name      string // "*" is every workload of the namespace
	Text      string // as it was written
}

// ParseStated reads "sidecar:shop/web", "no-sidecar:legacy/*" or "ambient:shop/web".
func ParseStated(text string) (Stated, error) {
	what, name, _ := strings.Cut(text, ":")
	presence, ok := map[string]Presence{"sidecar": HasSidecar, "no-sidecar": HasNone, "ambient": InAmbient}[what]
	namespace, base, found := strings.Cut(name, "/")
	if !ok || !found || namespace == "" || base == "" || strings.Contains(base, "/") {
		return Stated{}, fmt.Errorf("%q is not valid: write sidecar:NAMESPACE/NAME, no-sidecar:NAMESPACE/NAME or ambient:NAMESPACE/NAME, with the name * for all workloads of the namespace", text)
	}
	return Stated{Presence: presence, Namespace: namespace, Name: base, Text: text}, nil
}

// stated returns what is stated of a Pod by its name or that of what makes it. Of several statements the last counts, and
// one of a name before one of all.
func stated(list []Stated, namespace string, names ...string) (Stated, bool) {
	var found Stated
	ok := false
	for _, s := range list {
		if s.Namespace == namespace && (slices.Contains(names, s.Name) || s.Name == "*" && (!ok || found.Name == "*")) {
			found, ok = s, true
		}
	}
	return found, ok
}
