package compile

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// TestPlantedRoutes plants a value of its own in each field of some documents, and wants that it is rendered and that every
// resource which holds it has an origin on a line where it was planted. A word that begins with "plant" is such a
// value; a comment "#= 17s" says how another one is rendered.
func TestPlantedRoutes(t *testing.T) {
	data, err := os.ReadFile("testdata/planted.txtar")
	if err != nil {
		t.Fatal(err)
	}
	ar := txtar.Parse(data)
	s := New(compiletest.Mesh(t, ar).View(mesh.Proxy{Type: mesh.Sidecar, Namespace: "web", Name: "client"})).Snapshot()
	holders := valuesOf(t, s)
	for value, lines := range plantedIn(compiletest.Section(ar, "mesh.yaml")) {
		found := false
		for _, h := range holders {
			if h.holds(value) {
				found = true
				if !slices.ContainsFunc(lines, func(line int32) bool { return leadsTo(s.Origins, h.addr, "mesh.yaml", line) }) {
					t.Errorf("%s is in %s, which has no origin in line %d", value, h.addr, lines)
				}
			}
		}
		if !found {
			t.Errorf("line %d: %s is in no resource", lines, value)
		}
	}
}

var plantedWord = regexp.MustCompile(`plant[a-zA-Z0-9]*`)

// plantedIn returns the planted values of a text, with the lines that they are on.
func plantedIn(text string) map[string][]int32 {
	out := map[string][]int32{}
	for i, line := range strings.Split(text, "\n") {
		written, rendered, _ := strings.Cut(line, "#= ")
		for _, value := range append(plantedWord.FindAllString(written, -1), strings.Fields(rendered)...) {
			out[value] = append(out[value], int32(i+1))
		}
	}
	return out
}

// A holder is a resource with all its values.
type holder struct {
	addr   envoy.Addr
	values []string
}

func (h holder) holds(value string) bool {
	return slices.ContainsFunc(h.values, func(v string) bool {
		return v == value || strings.HasPrefix(value, "plant") && strings.Contains(v, value)
	})
}

func valuesOf(t *testing.T, s *envoy.Snapshot) []holder {
	var out []holder
	for kind, list := range resources(t, s) {
		for _, v := range list {
			h := holder{}
			switch name := nameOf(v); kind {
			case "listeners":
				h.addr = envoy.Listener(name)
			case "routes":
				h.addr = envoy.RouteConfig(name)
			default:
				h.addr = envoy.Cluster(name)
			}
			h.collect(v)
			out = append(out, h)
		}
	}
	return out
}

func (h *holder) collect(v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if !slices.Contains(ignored, k) && k != "metadata" {
				h.collect(x)
			}
		}
	case []any:
		for _, x := range v {
			h.collect(x)
		}
	default:
		h.values = append(h.values, fmt.Sprint(v))
	}
}
