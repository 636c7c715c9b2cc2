package compile

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/compile/cluster"
	"sem.example/internal/compile/compiletest"
	"sem.example/internal/envoy"
)

// TestScenarios compiles the mesh of each archive in testdata/scenario. An archive holds mesh.yaml, perhaps settings.yaml,
// a file "proxies" with one proxy a line, a file "show" with patterns of resources ("clusters/outbound|80|*"), and for
// each proxy a golden out/NAME: the fields of those resources that are not what every resource has, and their origins.
func TestScenarios(t *testing.T) {
	files, _ := filepath.Glob("testdata/scenario/*.txtar")
	if len(files) == 0 {
		t.Fatal("no scenarios")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { runScenario(t, file) })
	}
}

func runScenario(t *testing.T, file string) {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := compiletest.Mesh(t, ar)
	for _, line := range strings.Split(strings.TrimSpace(compiletest.Section(ar, "proxies")), "\n") {
		p := compiletest.Proxy(t, line)
		s := New(m.View(p)).Snapshot()
		compiletest.Check(t, ar, "out/"+p.Name, shown(t, s, strings.Fields(compiletest.Section(ar, "show"))))
	}
	if *compiletest.Update {
		if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// shown prints the resources that match any of the patterns.
func shown(t *testing.T, s *envoy.Snapshot, patterns []string) string {
	var out strings.Builder
	all := resources(t, s)
	for _, kind := range []string{"listeners", "routes", "clusters", "endpoints"} {
		for _, v := range all[kind] {
			name := kind + "/" + nameOf(v)
			if !slices.ContainsFunc(patterns, func(p string) bool { ok, _ := path.Match(p, name); return ok }) {
				continue
			}
			fmt.Fprintln(&out, name)
			flatten(&out, "", clean(v, kind))
			showOrigins(&out, s.Origins, kind, nameOf(v))
		}
	}
	return out.String()
}

// usual are the fields that hold the same in nearly every resource.
var usual = map[string]string{
	"name": "", "clusterName": "", "edsClusterConfig.serviceName": "", "loadAssignment.clusterName": "",
	"connectTimeout": "10s", "type": "EDS", "lbPolicy": "LEAST_REQUEST", "commonLbConfig.healthyPanicThreshold": "{}",
	"circuitBreakers.thresholds[0].maxConnections": "4294967295", "circuitBreakers.thresholds[0].maxPendingRequests": "4294967295",
	"circuitBreakers.thresholds[0].maxRequests": "4294967295", "circuitBreakers.thresholds[0].maxRetries": "4294967295",
	"dnsRefreshRate": "60s", "dnsLookupFamily": "V4_ONLY", "filters": "[]",
	"loadAssignment.endpoints[0].locality": "{}", "loadAssignment.endpoints[0].loadBalancingWeight": "1",
	"loadAssignment.endpoints[0].lbEndpoints[0].loadBalancingWeight": "1", "transportSocket.name": "envoy.transport_sockets.tls",
	"typedDnsResolverConfig.name": "envoy.network.dns_resolver.cares", "typedDnsResolverConfig.typedConfig.udpMaxQueries": "100",
}

var shorten = strings.NewReplacer("typedExtensionProtocolOptions."+cluster.HTTPOptions, "http", ".typedConfig.commonTlsContext", ".tls",
	"combinedValidationContext.defaultValidationContext", "validate", "combinedValidationContext.validationContextSdsSecretConfig", "roots",
	"endpoint.address.socketAddress.", "")

func flatten(out *strings.Builder, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			flatten(out, strings.TrimPrefix(at+"."+k, "."), v[k])
		}
		if len(v) > 0 {
			return
		}
	case []any:
		for i, x := range v {
			flatten(out, fmt.Sprintf("%s[%d]", at, i), x)
		}
		if len(v) > 0 {
			return
		}
	}
	value := strings.Trim(text(v), `"`)
	if f, ok := v.(float64); ok {
		value = fmt.Sprintf("%.10g", f)
	}
	common, known := usual[at]
	if known && (common == "" || common == value) || strings.HasSuffix(at, "@type") || strings.Contains(at, "tlsParams.tlsM") {
		return
	}
	fmt.Fprintf(out, "\t%s: %s\n", shorten.Replace(at), value)
}

func showOrigins(out *strings.Builder, origins envoy.Origins, kind, name string) {
	root := string(map[string]envoy.Addr{"listeners": envoy.Listener(name), "routes": envoy.RouteConfig(name),
		"clusters": envoy.Cluster(name), "endpoints": envoy.Cluster(name)}[kind])
	for _, at := range slices.Sorted(maps.Keys(origins)) {
		rest := strings.TrimPrefix(string(at), root)
		if rest != "" && (rest == string(at) || rest[0] != '/') || strings.HasPrefix(rest, "/endpoint/") != (kind == "endpoints") {
			continue
		}
		for _, o := range origins[at] {
			line := fmt.Sprintf("\t<- %s %s %s:%d %s", strings.TrimPrefix(rest, "/"), o.Role, o.Doc.File.Name, o.Doc.At(o.Field).Line, o.Field)
			if o.Note != "" {
				line += " (" + o.Note + ")"
			}
			fmt.Fprintln(out, strings.Replace(line, "<-  ", "<- ", 1))
		}
	}
}
