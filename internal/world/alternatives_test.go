package world_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/world"
)

// TestAlternatives divides repositories, a file each with the resources that it defines.
func TestAlternatives(t *testing.T) {
	tests := map[string]struct{ files, want string }{
		"one world":               {"a.yaml: x\nb.yaml: y", "a.yaml b.yaml"},
		"files of one folder":     {"v1.yaml: route\nv2.yaml: route\nweb.yaml: web", "v1.yaml web.yaml | v2.yaml web.yaml"},
		"base and overlays":       {"base/vs.yaml: r\nbase/web.yaml: w\noverlays/dev/vs.yaml: r\noverlays/prod/vs.yaml: r\noverlays/prod/dr.yaml: d", "base/vs.yaml base/web.yaml | overlays/prod/vs.yaml overlays/prod/dr.yaml | overlays/dev/vs.yaml"},
		"folders beside a common": {"dev/a.yaml: a\ndev/b.yaml: b\nprod/a.yaml: a\ncommon/c.yaml: c", "dev/a.yaml dev/b.yaml common/c.yaml | prod/a.yaml common/c.yaml"},
		"what fits joins":         {"a.yaml: a b\nb.yaml: a\nc.yaml: c\nd.yaml: c", "a.yaml c.yaml | b.yaml d.yaml"},
		"the first that fits":     {"a.yaml: x\nb.yaml: x\nc.yaml: y\nd.yaml: y\ne.yaml: y", "a.yaml c.yaml | b.yaml d.yaml | a.yaml e.yaml"},
		"nested":                  {"x/1.yaml: a\nx/2.yaml: a\ny/1.yaml: b\ny/2.yaml: b\ny/3.yaml: b", "x/1.yaml y/1.yaml | x/2.yaml y/1.yaml | x/1.yaml y/2.yaml | x/1.yaml y/3.yaml"},
		"the largest first":       {"app-details.yaml: details\napp-ratings.yaml: ratings\napp.yaml: details ratings\napp-dual.yaml: details ratings", "app.yaml | app-dual.yaml | app-details.yaml app-ratings.yaml"},
		"one variation at a time": {"app/all.yaml: a b\napp/a.yaml: a\nrules/1.yaml: r\nrules/2.yaml: r", "app/all.yaml rules/1.yaml | app/a.yaml rules/1.yaml | app/all.yaml rules/2.yaml"},
		"test data":               {"app.yaml: a\n?tests/x.yaml: b\n?tests/y.yaml: c\npkg/z.yaml: z", "app.yaml pkg/z.yaml | tests/x.yaml | tests/y.yaml"},
		"one host routed":         {"v1.yaml: vs >reviews\nv2.yaml: vs >reviews\nretries.yaml: other >reviews\nweb.yaml: web", "retries.yaml web.yaml | v1.yaml web.yaml | v2.yaml web.yaml"},
		"several hosts routed":    {"v1.yaml: vs >a\nv2.yaml: vs >a\nx.yaml: x >b\ny.yaml: y >b", "v1.yaml x.yaml y.yaml | v2.yaml x.yaml y.yaml"},
		"another host routed":     {"v1.yaml: vs >reviews\nv2.yaml: vs >reviews\nretries.yaml: other >ratings", "v1.yaml retries.yaml | v2.yaml retries.yaml"},
		"routed twice, no choice": {"a.yaml: vs >reviews\nb.yaml: other >reviews", "a.yaml b.yaml"},
		"twice in one file":       {"a.yaml: x x\nb.yaml: y", "a.yaml b.yaml"},
		"named files":             {"!a.yaml: x\n!b.yaml: x\nf/1.yaml: y\nf/2.yaml: y", "a.yaml b.yaml f/1.yaml | a.yaml b.yaml f/2.yaml"},
		"only test data":          {"?a.yaml: x\n?b.yaml: y\n!c.yaml: z", "a.yaml c.yaml | b.yaml c.yaml"},
		"nothing":                 {"", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, divided(test.files)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// divided words the worlds of files. A "?" is before the name of test data, a "!" before a file that the user named, and a ">" before a host that it routes.
func divided(files string) string {
	var parts []world.Part
	for _, line := range strings.Split(files, "\n") {
		name, resources, _ := strings.Cut(line, ": ")
		tests := ""
		if strings.HasPrefix(name, "?") {
			tests = "tests"
		}
		bare := strings.TrimLeft(name, "!?")
		resources, host, routes := strings.Cut(resources, " >")
		if line == "" {
			continue
		}
		part := world.Part{Name: bare, Resources: strings.Fields(resources), Named: name[0] == '!', Tests: tests}
		if routes {
			part.Routed = []string{host}
		}
		parts = append(parts, part)
	}
	worlds, _ := world.Alternatives(parts)
	var out []string
	for _, w := range worlds {
		var names []string
		for _, i := range w {
			names = append(names, parts[i].Name)
		}
		out = append(out, strings.Join(names, " "))
	}
	return strings.Join(out, " | ")
}
