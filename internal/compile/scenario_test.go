package compile

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
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
	m := scenarioMesh(t, ar)
	for _, line := range strings.Split(strings.TrimSpace(section(ar, "proxies")), "\n") {
		p := parseProxy(t, line)
		s := New(m.View(p)).Snapshot()
		check(t, ar, "out/"+p.Name, shown(t, s, strings.Fields(section(ar, "show"))))
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func scenarioMesh(t *testing.T, ar *txtar.Archive) *mesh.Mesh {
	t.Helper()
	parse := func(name string) []*source.Document {
		if section(ar, name) == "" {
			return nil
		}
		docs, problems := source.Parse(&source.File{Name: name, Data: []byte(section(ar, name))})
		for _, p := range problems {
			t.Fatalf("%s:%d: %s", name, p.Range.Line, p.Message)
		}
		return docs
	}
	objects, _, found := config.Decode(parse("mesh.yaml"), "default")
	settings, _, more := mesh.ReadSettings(parse("settings.yaml"))
	m, last := mesh.Build(objects, settings)
	for _, d := range slices.Concat(found, more, last) {
		t.Fatalf("line %d: %s", d.At.Range().Line, d.Message)
	}
	return m
}

// parseProxy reads "sidecar namespace/name label=value ip=… locality=… network=… account=… node=… dns".
func parseProxy(t *testing.T, line string) mesh.Proxy {
	t.Helper()
	words := strings.Fields(line)
	p := mesh.Proxy{Type: mesh.ProxyType(words[0]), Labels: map[string]string{}}
	p.Namespace, p.Name, _ = strings.Cut(words[1], "/")
	for _, word := range words[2:] {
		switch k, v, _ := strings.Cut(word, "="); k {
		case "ip":
			p.IPs = append(p.IPs, netip.MustParseAddr(v))
		case "locality":
			p.Locality = v
		case "network":
			p.Network = v
		case "account":
			p.ServiceAccount = v
		case "node":
			p.Node = v
		case "dns":
			p.DNSCapture = true
		default:
			p.Labels[k] = v
		}
	}
	return p
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

var shorten = strings.NewReplacer("typedExtensionProtocolOptions."+httpOptions, "http", ".typedConfig.commonTlsContext", ".tls",
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
