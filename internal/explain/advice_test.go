package explain

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"sem.example/internal/diag"
	"sem.example/internal/envoytest/manifest"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// TestAdvice does what traces advise and traces again, until the problem is gone. Of each archive in testdata/advice it follows every
// proposal that can be followed without thought, and there must be one.
func TestAdvice(t *testing.T) {
	folder, err := filepath.Abs("testdata/advice")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no archives", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { followAdvice(t, path) })
	}
}

func followAdvice(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	call := callsOf(t, archive)[0]
	docs := documentsOf(t, archive)
	problem := traced(t, docs, call)
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", problem.Verdict)
	for _, line := range proposals(problem) {
		fmt.Fprintf(&out, "  help: %s\n", line.text)
	}
	applied := 0
	for _, a := range applicable(problem) {
		applied++
		fmt.Fprintf(&out, "do: %s\n", a.text)
		follow(t, &out, a.to(docs), call, problem)
	}
	if applied == 0 {
		t.Errorf("nothing of the advice can be applied: %v", proposals(problem))
	}
	holdAnswers(t, path, archive, out.String())
}

// follow traces again with the documents of an advice, and follows what the new trace advises, where there is more than one thing to
// change.
func follow(t *testing.T, out *strings.Builder, docs []manifest.Tree, call simulate.Call, problem *simulate.Trace) {
	t.Helper()
	for range 3 {
		now := traced(t, docs, call)
		fmt.Fprintf(out, "  → %s\n", now.Verdict)
		if solved(problem, now) {
			return
		}
		next := applicable(now)
		if len(next) == 0 {
			t.Errorf("the advice does not help: %s %s %v", now.Verdict, now.Summary, proposals(now))
			return
		}
		fmt.Fprintf(out, "then: %s\n", next[0].text)
		docs = next[0].to(docs)
	}
	t.Errorf("the advice does not end:\n%s", out)
}

// solved reports whether a call succeeds, and without the warnings whose help was followed.
func solved(before, after *simulate.Trace) bool {
	if !after.Verdict.Succeeded() {
		return false
	}
	for _, w := range before.Warnings {
		if followed(w.Help) && slices.ContainsFunc(after.Warnings, func(v simulate.Warning) bool { return v.ID == w.ID }) {
			return false
		}
	}
	return true
}

func followed(text string) bool {
	return slices.ContainsFunc(remedies, func(r remedyOf) bool { return r.text.MatchString(text) })
}

func traced(t *testing.T, docs []manifest.Tree, call simulate.Call) *simulate.Trace {
	t.Helper()
	text, err := manifest.Write(docs)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("mesh.yaml", text, 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := pipeline.Load(pipeline.Options{Paths: []string{"mesh.yaml"}})
	if err != nil {
		t.Fatal(err)
	}
	trace, err := New(w, diag.Policy{}).Trace(call, pipeline.TraceOptions{Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

func documentsOf(t *testing.T, archive *txtar.Archive) []manifest.Tree {
	t.Helper()
	var out []manifest.Tree
	for _, f := range archive.Files {
		if f.Name != "mesh.yaml" {
			continue
		}
		for text := range strings.SplitSeq(string(f.Data), "---\n") {
			var tree manifest.Tree
			if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
				t.Fatal(err)
			}
			out = append(out, tree)
		}
	}
	return out
}

// A proposal is a text that advises, and the place that it is about, if it is about one.
type proposal struct {
	text string
	at   *simulate.Place
}

// proposals are what a trace advises: against its failure, or else against what it warns of.
func proposals(t *simulate.Trace) []proposal {
	var out []proposal
	if t.Fix != "" {
		out = append(out, proposal{text: t.Fix})
	}
	for _, w := range t.Warnings {
		if w.Help != "" {
			out = append(out, proposal{w.Help, w.Origin})
		}
	}
	return out
}

// An application is one remedy that a proposal names, with the values that it gives.
type application struct {
	remedyOf
	text   string
	values []string
	at     *simulate.Place
}

func applicable(t *simulate.Trace) []application {
	var out []application
	named := map[string]bool{}
	for _, p := range proposals(t) {
		for _, r := range remedies {
			m := r.text.FindStringSubmatch(p.text)
			if m == nil || named[m[0]] || r.placed && p.at == nil {
				continue
			}
			named[m[0]] = true
			out = append(out, application{r, m[0], m[1:], p.at})
		}
	}
	return out
}

// to changes a copy of the documents.
func (a application) to(docs []manifest.Tree) []manifest.Tree {
	e := &editor{at: a.at}
	for _, d := range docs {
		text, _ := yaml.Marshal(d) // of plain values
		var tree manifest.Tree
		_ = yaml.Unmarshal(text, &tree)
		e.docs = append(e.docs, tree)
	}
	a.apply(e, a.values)
	return e.docs
}

// A remedyOf applies what a text proposes.
type remedyOf struct {
	text   *regexp.Regexp
	placed bool // it needs the place of the warning
	apply  func(e *editor, values []string)
}

func pattern(text string) *regexp.Regexp { return regexp.MustCompile(text) }

// document is a kind with a name, as advice writes it.
const documentName = `(\w+) ([\w-]+/[\w-]+)`

var remedies = []remedyOf{
	{pattern(`add rewrite\.authority: (\S+)`), true, func(e *editor, v []string) {
		e.rule()["rewrite"] = manifest.Tree{"authority": v[0]}
	}},
	{pattern(`add a last route without match to "([^"]+)"`), true, func(e *editor, v []string) {
		e.addRule(e.placed(), manifest.Tree{"route": routeTo(v[0])})
	}},
	{pattern(`add a last route to "([^"]+)" for sidecars: match: \[\{gateways: \[mesh\]\}\]`), true, func(e *editor, v []string) {
		e.addRule(e.placed(), manifest.Tree{"match": []any{manifest.Tree{"gateways": []any{"mesh"}}}, "route": routeTo(v[0])})
	}},
	{pattern(`add a route without a match at the end of ` + documentName), false, func(e *editor, v []string) {
		vs := e.named(v[0], v[1])
		first := spec(vs)["http"].([]any)[0].(manifest.Tree)
		e.addRule(vs, manifest.Tree{"route": first["route"]})
	}},
	{pattern(`bind a VirtualService for the host (\S+) to Gateway ([\w-]+/[\w-]+)`), false, func(e *editor, v []string) {
		e.add("networking.istio.io/v1", "VirtualService", "shop/bound", manifest.Tree{
			"hosts": []any{v[0]}, "gateways": []any{v[1]}, "http": []any{manifest.Tree{"route": routeTo(v[0])}},
		})
	}},
	{pattern(`name (\S+) in the hosts of Gateway ([\w-]+/[\w-]+) and of a VirtualService that is bound to it`), false, func(e *editor, v []string) {
		for _, s := range spec(e.named("Gateway", v[1]))["servers"].([]any) {
			server := s.(manifest.Tree)
			server["hosts"] = append(server["hosts"].([]any), v[0])
		}
		e.add("networking.istio.io/v1", "VirtualService", "shop/bound", manifest.Tree{
			"hosts": []any{v[0]}, "gateways": []any{v[1]}, "http": []any{manifest.Tree{"route": routeTo(v[0])}},
		})
	}},
	{pattern(`attach an HTTPRoute for (\S+) to Gateway ([\w-]+)/([\w-]+)`), false, func(e *editor, v []string) {
		e.add("gateway.networking.k8s.io/v1", "HTTPRoute", v[1]+"/attached", manifest.Tree{
			"parentRefs": []any{manifest.Tree{"name": v[2]}}, "hostnames": []any{v[0]},
			"rules": []any{manifest.Tree{"backendRefs": []any{manifest.Tree{"group": "networking.istio.io", "kind": "Hostname", "name": v[0], "port": 80}}}},
		})
	}},
	{pattern(`add a rule without matches to (\w+) ([\w-]+/[\w-]+)`), false, func(e *editor, v []string) {
		of := spec(e.named(v[0], v[1]))
		rules := of["rules"].([]any)
		of["rules"] = append(rules, manifest.Tree{"backendRefs": rules[0].(manifest.Tree)["backendRefs"]})
	}},
	{pattern(`allow the backend by a ReferenceGrant in its namespace`), false, func(e *editor, _ []string) {
		from := manifest.Tree{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "shop"}
		e.add("gateway.networking.k8s.io/v1", "ReferenceGrant", "bank/routes", manifest.Tree{
			"from": []any{from}, "to": []any{manifest.Tree{"group": "", "kind": "Service"}},
		})
	}},
	{pattern(`add the host to a server of the Gateway`), true, func(e *editor, _ []string) {
		hosts := spec(e.placed())["hosts"].([]any)
		for _, d := range e.docs {
			if d["kind"] == "Gateway" {
				server := spec(d)["servers"].([]any)[0].(manifest.Tree)
				server["hosts"] = append(server["hosts"].([]any), hosts[len(hosts)-1])
			}
		}
	}},
	{pattern(`set resolution: (\w+) in ` + documentName), false, func(e *editor, v []string) {
		spec(e.named(v[1], v[2]))["resolution"] = v[0]
	}},
	{pattern(`set (protocol|appProtocol): (\w+) for port (\d+) of ` + documentName), false, func(e *editor, v []string) {
		for _, p := range spec(e.named(v[3], v[4]))["ports"].([]any) {
			port := p.(manifest.Tree)
			if number := fmt.Sprint(port["number"], port["port"]); strings.Contains(number, v[2]) {
				port[v[0]] = v[1]
			}
		}
	}},
	{pattern(`use resolution DNS to resolve the host`), true, func(e *editor, _ []string) { spec(e.placed())["resolution"] = "DNS" }},
	{pattern(`list endpoints`), true, func(e *editor, _ []string) {
		spec(e.placed())["endpoints"] = []any{manifest.Tree{"address": "203.0.113.9"}}
	}},
	{pattern(`correct the selector or the labels`), true, func(e *editor, _ []string) {
		for _, d := range e.docs {
			if d["kind"] == "Pod" {
				d["metadata"].(manifest.Tree)["labels"] = spec(e.placed())["selector"]
			}
		}
	}},
	{pattern(`labels of its endpoints: (\w+)=(\w+)`), true, func(e *editor, v []string) {
		subset := spec(e.placed())["subsets"].([]any)[0].(manifest.Tree)
		subset["labels"] = manifest.Tree{v[0]: v[1]}
	}},
	{pattern(`give spec\.endpoints\[(\d+)\] of ` + documentName + ` \([^)]*\) a locality in ([^/ ]+)`), false, func(e *editor, v []string) {
		i, _ := strconv.Atoi(v[0])
		spec(e.named(v[1], v[2]))["endpoints"].([]any)[i].(manifest.Tree)["locality"] = v[3]
	}},
	{pattern(`add its locality to distribute in DestinationRule ([\w-]+/[\w-]+)`), false, func(e *editor, v []string) {
		balancer := spec(e.named("DestinationRule", v[0]))["trafficPolicy"].(manifest.Tree)["loadBalancer"].(manifest.Tree)
		rule := balancer["localityLbSetting"].(manifest.Tree)["distribute"].([]any)[0].(manifest.Tree)
		rule["to"] = manifest.Tree{"*": 100}
	}},
	{pattern(`add (\S+) to (from\.source|to\.operation)\.(\w+) of rule (\d+) of AuthorizationPolicy ([\w-]+/[\w-]+)`), false, func(e *editor, v []string) {
		rule := e.policyRule(v[3], v[4])
		group, part, _ := strings.Cut(v[1], ".")
		clause := rule[group].([]any)[0].(manifest.Tree)[part].(manifest.Tree)
		clause[v[2]] = append(clause[v[2]].([]any), v[0])
	}},
	{pattern(`add a rule that matches the request to AuthorizationPolicy ([\w-]+/[\w-]+)`), false, func(e *editor, v []string) {
		policy := e.named("AuthorizationPolicy", v[0])
		policy["spec"] = manifest.Tree{"rules": []any{manifest.Tree{}}}
	}},
	{pattern(`exclude the request from rule (\d+) of AuthorizationPolicy ([\w-]+/[\w-]+)`), false, func(e *editor, v []string) {
		rule := e.policyRule(v[0], v[1])
		operation := rule["to"].([]any)[0].(manifest.Tree)["operation"].(manifest.Tree)
		operation["notPaths"] = []any{"/admin/x"}
	}},
	{pattern(`add the extension provider (\S+) to MeshConfig`), false, func(e *editor, v []string) {
		e.settings("extensionProviders: [{name: " + v[0] + ", envoyExtAuthzHttp: {service: cart.shop.svc.cluster.local, port: 80}}]")
	}},
	{pattern(`define subset (\w+) in a DestinationRule for (\S+)`), false, func(e *editor, v []string) {
		e.add("networking.istio.io/v1", "DestinationRule", "shop/subsets", manifest.Tree{"host": v[1], "subsets": []any{manifest.Tree{"name": v[0]}}})
	}},
	{pattern(`register (\S+) with port (\d+) in a Service or ServiceEntry`), false, func(e *editor, v []string) {
		number, _ := strconv.Atoi(v[1])
		e.register(v[0], number, "HTTP")
	}},
	{pattern(`register (\S+) with a ServiceEntry`), false, func(e *editor, v []string) { e.register(v[0], 80, "HTTP"); e.register(v[0], 443, "TLS") }},
	{pattern(`allow unknown hosts with outboundTrafficPolicy ALLOW_ANY`), false, func(e *editor, _ []string) {
		e.settings("outboundTrafficPolicy: {mode: ALLOW_ANY}")
	}},
	{pattern(`originate TLS for port (\d+) of (\S+) in a DestinationRule \(tls\.mode: (\w+)\)`), false, func(e *editor, v []string) {
		number, _ := strconv.Atoi(v[0])
		e.originate(v[1], number, v[2])
	}},
	{pattern(`add a DestinationRule for (\S+) with tls mode (\w+) on port (\d+)`), false, func(e *editor, v []string) {
		number, _ := strconv.Atoi(v[2])
		e.originate(v[0], number, v[1])
	}},
	{pattern(`remove tls (?:for this port )?from the DestinationRule`), true, func(e *editor, _ []string) {
		delete(spec(e.placed())["trafficPolicy"].(manifest.Tree), "tls")
	}},
}

func spec(d manifest.Tree) manifest.Tree { return d["spec"].(manifest.Tree) }

func routeTo(host string) []any {
	return []any{manifest.Tree{"destination": manifest.Tree{"host": host}}}
}

// An editor changes documents. A document that is missing is the test's mistake, or that of the advice: the test panics.
type editor struct {
	docs []manifest.Tree
	at   *simulate.Place
}

// named is the document of a kind and a name.
func (e *editor) named(kind, name string) manifest.Tree {
	for _, d := range e.docs {
		meta := d["metadata"].(manifest.Tree)
		if d["kind"] == kind && fmt.Sprint(meta["namespace"], "/", meta["name"]) == name {
			return d
		}
	}
	panic("no " + kind + " " + name)
}

// placed is the document that a warning is about.
func (e *editor) placed() manifest.Tree { return e.named(e.at.Kind, e.at.Namespace+"/"+e.at.Name) }

var httpRule = pattern(`^spec\.http\[(\d+)\]`)

// rule is the HTTP rule that a warning is about.
func (e *editor) rule() manifest.Tree {
	i, _ := strconv.Atoi(httpRule.FindStringSubmatch(e.at.Field)[1])
	return spec(e.placed())["http"].([]any)[i].(manifest.Tree)
}

func (e *editor) addRule(vs, rule manifest.Tree) {
	spec(vs)["http"] = append(spec(vs)["http"].([]any), rule)
}

func (e *editor) policyRule(number, name string) manifest.Tree {
	i, _ := strconv.Atoi(number)
	return spec(e.named("AuthorizationPolicy", name))["rules"].([]any)[i-1].(manifest.Tree)
}

func (e *editor) add(version, kind, name string, content manifest.Tree) {
	namespace, name, _ := strings.Cut(name, "/")
	e.docs = append(e.docs, manifest.Tree{
		"apiVersion": version, "kind": kind, "metadata": manifest.Tree{"namespace": namespace, "name": name}, "spec": content,
	})
}

func (e *editor) register(host string, port int, protocol string) {
	e.add("networking.istio.io/v1", "ServiceEntry", "shop/registered-"+strconv.Itoa(port), manifest.Tree{
		"hosts": []any{host}, "ports": []any{manifest.Tree{"number": port, "name": strings.ToLower(protocol), "protocol": protocol}}, "resolution": "DNS",
	})
}

func (e *editor) originate(host string, port int, mode string) {
	e.add("networking.istio.io/v1", "DestinationRule", "shop/origination", manifest.Tree{"host": host, "trafficPolicy": manifest.Tree{
		"portLevelSettings": []any{manifest.Tree{"port": manifest.Tree{"number": port}, "tls": manifest.Tree{"mode": mode}}},
	}})
}

// settings replaces the MeshConfig.
func (e *editor) settings(text string) {
	e.docs = slices.DeleteFunc(e.docs, func(d manifest.Tree) bool { return d["kind"] == "ConfigMap" })
	e.docs = append(e.docs, manifest.Tree{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": manifest.Tree{"namespace": "istio-system", "name": "istio"}, "data": manifest.Tree{"mesh": text},
	})
}

// holdAnswers compares what came out with the section of answers of an archive, or writes it with -update.
func holdAnswers(t *testing.T, path string, archive *txtar.Archive, got string) {
	t.Helper()
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "answers" })
	if i < 0 {
		archive.Files = append(archive.Files, txtar.File{Name: "answers"})
		i = len(archive.Files) - 1
	}
	if *update {
		archive.Files[i].Data = []byte(got)
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}
