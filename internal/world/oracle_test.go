package world_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sem.example/internal/config"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/simulate"
)

var disagree = flag.Bool("disagree", false, "print the requests that the repository answers otherwise than the dump")

// published is the agreement as the page of the trace states it: agreeing requests, and all.
var published = regexp.MustCompile(`for (\d+) of (\d+) requests`)

// TestRepository turns each mesh of the judge into what its authors would have in a repository: Pods become Deployments,
// and the addresses of Services and the EndpointSlices are left out. The completed repository has to answer each request as
// the dump does, addresses aside: with the same verdict, routes, clusters, TLS and authorization.
func TestRepository(t *testing.T) {
	root := os.Getenv("SEM_ORACLE")
	if root == "" {
		t.Skip("SEM_ORACLE names no folder of observations")
	}
	files, err := filepath.Glob(filepath.Join(root, "requests", "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no observations in %s: %v", root, err)
	}
	agree, total := 0, 0
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		c := loadCase(t, filepath.Join(root, "cases", name))
		a, n := c.compare(t, file)
		if agree, total = agree+a, total+n; a < n {
			t.Logf("%s: %d of %d", filepath.Base(file), a, n)
		}
	}
	t.Logf("%d of %d requests are answered as by the dump", agree, total)
	const page = "../../docs/trace.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	is := published.ReplaceAll(text, fmt.Appendf(nil, "for %d of %d requests", agree, total))
	if m := published.FindSubmatch(text); m == nil {
		t.Errorf("%s does not state the agreement", page)
	} else if before, _ := strconv.Atoi(string(m[1])); agree < before {
		t.Errorf("%d did before", before)
	} else if !bytes.Equal(is, text) {
		if err := os.WriteFile(page, is, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s stated %s; it is corrected", page, m[0])
	}
}

// A pair is a mesh as a dump and as a repository.
type pair struct {
	dump, repository *pipeline.World
	there, back      map[string]string // addresses of the dump by those of the repository, and the reverse
}

func loadCase(t *testing.T, dir string) *pair {
	t.Helper()
	c := &pair{there: map[string]string{}, back: map[string]string{}}
	settings := filepath.Join(dir, "meshconfig.yaml")
	if _, err := os.Stat(settings); err != nil {
		settings = ""
	}
	mesh := filepath.Join(dir, "mesh.yaml")
	in, _ := source.Read([]string{mesh}, source.Options{})
	load := func(o pipeline.Options) *pipeline.World {
		o.MeshConfig = settings
		w, err := pipeline.Load(o)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	c.dump = load(pipeline.Options{Paths: []string{mesh}, Assume: pipeline.Assume{Nothing: true}})
	c.repository = load(pipeline.Options{Paths: []string{"-"}, Stdin: bytes.NewReader(repositoryOf(t, in.Documents))})
	for _, o := range c.dump.Objects {
		made := c.repository.Mesh.Object(o.Kind, o.Namespace, o.Name)
		if made == nil {
			continue
		}
		switch was := o.Spec.(type) {
		case *config.Service:
			is := config.Spec[*config.Service](made)
			c.same(append([]string{was.Spec.ClusterIP}, was.Spec.ClusterIPs...), append([]string{is.Spec.ClusterIP}, is.Spec.ClusterIPs...))
		case *config.Pod:
			is := config.Spec[*config.Pod](made)
			c.same([]string{was.Status.PodIP}, []string{is.Status.PodIP})
		}
	}
	return c
}

func (c *pair) same(was, is []string) {
	for i := range min(len(was), len(is)) {
		if was[i] != "" && was[i] != "None" && was[i] != is[i] {
			c.there[was[i]], c.back[is[i]] = is[i], was[i]
		}
	}
}

// repositoryOf writes documents as their authors would have them.
func repositoryOf(t *testing.T, docs []*source.Document) []byte {
	t.Helper()
	var out bytes.Buffer
	pods := map[string]bool{}
	for _, d := range docs {
		if d.Kind != "Pod" {
			continue
		}
		if ip := d.Lookup("status.podIP"); ip != nil {
			pods[ip.Text] = true
		}
		if ips := d.Lookup("status.podIPs"); ips != nil {
			for _, ip := range ips.Items {
				pods[ip.StringAt("ip")] = true
			}
		}
	}
	for _, d := range docs {
		var o map[string]any
		if err := json.Unmarshal(d.Tree().AppendJSON(nil), &o); err != nil {
			t.Fatal(err)
		}
		switch d.Kind {
		case "Service":
			withoutAddress(o["spec"].(map[string]any))
		case "Pod":
			o = deploymentOf(o)
		case "EndpointSlice":
			if ofPods(d.Lookup("endpoints"), pods) {
				continue
			}
		}
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "---\n%s\n", text)
	}
	return out.Bytes()
}

// ofPods reports whether the endpoints of a slice are all Pods of the mesh.
func ofPods(endpoints *source.Node, pods map[string]bool) bool {
	return endpoints != nil && !slices.ContainsFunc(endpoints.Items, func(e *source.Node) bool {
		return slices.ContainsFunc(e.Get("addresses").Items, func(a *source.Node) bool { return !pods[a.Text] })
	})
}

// withoutAddress takes the addresses out of a Service, and says of which families they are.
func withoutAddress(spec map[string]any) {
	ip, _ := spec["clusterIP"].(string)
	if ip == "None" || ip == "" {
		return
	}
	all, _ := spec["clusterIPs"].([]any)
	if len(all) == 0 {
		all = []any{ip}
	}
	var families []string
	for _, a := range all {
		family := "IPv6"
		if parsed, err := netip.ParseAddr(a.(string)); err == nil && parsed.Is4() {
			family = "IPv4"
		}
		families = append(families, family)
	}
	spec["ipFamilies"] = families
	delete(spec, "clusterIP")
	delete(spec, "clusterIPs")
}

// deploymentOf is the Deployment that would make a Pod. One that is not ready is scaled to none.
func deploymentOf(pod map[string]any) map[string]any {
	meta := pod["metadata"].(map[string]any)
	labels := map[string]any{}
	given, _ := meta["labels"].(map[string]any)
	for k, v := range given {
		labels[k] = v
	}
	labels["sidecar.istio.io/inject"] = "false"
	if labels["security.istio.io/tlsMode"] == "istio" {
		labels["sidecar.istio.io/inject"] = "true"
	}
	delete(labels, "security.istio.io/tlsMode")
	template := map[string]any{"metadata": map[string]any{"labels": labels, "annotations": meta["annotations"]}, "spec": pod["spec"]}
	spec := map[string]any{"template": template, "selector": map[string]any{"matchLabels": labels}}
	if text := fmt.Sprint(pod["status"]); strings.Contains(text, "status:False type:Ready") || strings.Contains(text, "phase:Failed") || strings.Contains(text, "phase:Succeeded") {
		spec["replicas"] = 0
	}
	return map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{"name": meta["name"], "namespace": meta["namespace"]}, "spec": spec,
	}
}

func (c *pair) compare(t *testing.T, file string) (agree, total int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var row struct {
			ID      string
			Request json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		want := c.answer(t, c.dump, string(row.Request))
		got := renamed(c.answer(t, c.repository, renamed(string(row.Request), c.there)), c.back)
		total++
		if want == got {
			agree++
		} else if *disagree {
			t.Logf("%s\n dump       %s\n repository %s\n request %s", row.ID, want, got, row.Request)
		}
	}
	return agree, total
}

var addressForm = regexp.MustCompile(`[0-9a-f]*[.:][0-9a-f.:]*[0-9a-f]`)

// renamed replaces addresses.
func renamed(text string, names map[string]string) string {
	return addressForm.ReplaceAllStringFunc(text, func(word string) string {
		if to, ok := names[word]; ok {
			return to
		}
		if i := strings.LastIndexByte(word, ':'); i > 0 && names[word[:i]] != "" {
			return names[word[:i]] + word[i:]
		}
		return word
	})
}

// answer is what a world answers to a request, without what only addresses decide.
func (c *pair) answer(t *testing.T, w *pipeline.World, request string) string {
	t.Helper()
	var call simulate.Call
	if err := json.Unmarshal([]byte(request), &call); err != nil {
		t.Fatal(err)
	}
	trace, err := w.Trace(call, pipeline.TraceOptions{Follow: true})
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s %d %s", trace.Verdict, trace.Status, trace.ResponseFlags)
	for i := range trace.Hops {
		h := &trace.Hops[i]
		fmt.Fprintf(&out, " | %s %s %s %s %s %s", h.Direction, h.Listener, h.VirtualHost, h.Route, h.Cluster, h.Error)
		if h.TLS != nil {
			fmt.Fprintf(&out, " tls %s %s %s %q", h.TLS.OriginatedBy, h.TLS.Mode, h.TLS.SNI, h.TLS.SubjectAltNames)
		}
		for _, p := range h.Steps {
			if slices.Contains([]string{"authorization", "jwt"}, p.Stage) {
				fmt.Fprintf(&out, " %s %s", p.Stage, p.Chose)
			}
		}
	}
	return out.String()
}
