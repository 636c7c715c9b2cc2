package kubectl

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/config"
)

// An apiServer answers what a small API server would: two groups, one of which it cannot reach, and one resource that nobody may list.
type apiServer struct {
	t        *testing.T
	requests []string
	refuse   int // the status with which it answers everything
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	w.Header().Set("Content-Type", "application/json")
	if s.refuse != 0 {
		w.WriteHeader(s.refuse)
		s.write(w, status(s.refuse, "Unauthorized", "Unauthorized"))
		return
	}
	answers := map[string]any{
		"/api":    fields{"kind": "APIVersions", "versions": []string{"v1"}},
		"/apis":   fields{"kind": "APIGroupList", "apiVersion": "v1", "groups": []fields{group("networking.istio.io", "v1"), group("telemetry.istio.io", "v1")}},
		"/api/v1": resources("v1", "Pod", "Node", "Secret"),
		"/api/v1/pods": fields{"kind": "PodList", "apiVersion": "v1", "metadata": fields{}, "items": []fields{{
			"metadata": fields{"name": "web", "namespace": "shop", "uid": "1"}, "spec": fields{"containers": []fields{{"name": "web", "command": []string{"hunter2"}}}},
		}}},
		"/apis/networking.istio.io/v1": resources("networking.istio.io/v1", "VirtualService"),
		"/apis/networking.istio.io/v1/virtualservices": fields{"kind": "VirtualServiceList", "apiVersion": "networking.istio.io/v1", "metadata": fields{}, "items": []fields{{
			"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": fields{"name": "web", "namespace": "shop", "uid": "2"}, "spec": fields{"hosts": []string{"web"}},
		}}},
	}
	switch answer, ok := answers[r.URL.Path]; {
	case ok:
		s.write(w, answer)
	case r.URL.Path == "/api/v1/nodes":
		w.WriteHeader(http.StatusForbidden)
		s.write(w, status(http.StatusForbidden, "Forbidden", `nodes is forbidden: User "dev" cannot list resource "nodes" in API group "" at the cluster scope`))
	default:
		w.WriteHeader(http.StatusServiceUnavailable)
		s.write(w, status(http.StatusServiceUnavailable, "ServiceUnavailable", "the server is currently unable to handle the request"))
	}
}

type fields = map[string]any

func (s *apiServer) write(w http.ResponseWriter, answer any) {
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		s.t.Error(err)
	}
}

func status(code int, reason, message string) fields {
	return fields{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message}
}

func group(name, version string) fields {
	v := fields{"groupVersion": name + "/" + version, "version": version}
	return fields{"name": name, "versions": []fields{v}, "preferredVersion": v}
}

func resources(version string, kinds ...string) fields {
	var all []fields
	for _, kind := range kinds {
		name := strings.ToLower(kind) + "s"
		all = append(all, fields{"name": name, "singularName": strings.ToLower(kind), "namespaced": kind != "Node", "kind": kind, "verbs": []string{"get", "list"}})
	}
	return fields{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": all}
}

// serve starts the API server and returns what leads kubectl to it.
func serve(t *testing.T, s *apiServer) Options {
	if _, err := exec.LookPath("kubectl"); err != nil {
		t.Skip("there is no kubectl")
	}
	dir := t.TempDir()
	t.Setenv("KUBECACHEDIR", filepath.Join(dir, "cache"))
	t.Setenv("HOME", dir)
	s.t = t
	w := httptest.NewServer(s)
	t.Cleanup(w.Close)
	name := filepath.Join(dir, "kubeconfig")
	text := `{"apiVersion": "v1", "kind": "Config", "current-context": "test", "clusters": [{"name": "c", "cluster": {"server": "` + w.URL + `"}}],
"contexts": [{"name": "test", "context": {"cluster": "c", "user": "u"}}], "users": [{"name": "u", "user": {"token": "t"}}]}`
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Options{Kubeconfig: name}
}

// TestRealKubectl reads a cluster through the kubectl of the machine, with kinds that the cluster lacks, one that nobody may list,
// and a group that it cannot reach.
func TestRealKubectl(t *testing.T) {
	server := &apiServer{}
	dump, err := Read(t.Context(), serve(t, server))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range dump.Files {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"_cluster/collected.yaml", "shop/pods.yaml", "shop/virtualservices.networking.istio.io.yaml"}, names); diff != "" {
		t.Errorf("the files (-want +got):\n%s", diff)
	}
	want := []config.Gap{
		{Resource: "telemetries.telemetry.istio.io", Message: "error: unable to retrieve the complete list of server APIs: telemetry.istio.io/v1: the server is currently unable to handle the request"},
		{Resource: "nodes", Message: `Error from server (Forbidden): nodes is forbidden: User "dev" cannot list resource "nodes" in API group "" at the cluster scope`},
	}
	if diff := cmp.Diff(want, dump.Gaps); diff != "" {
		t.Errorf("the gaps (-want +got):\n%s", diff)
	}
	for _, r := range server.requests {
		if !strings.HasPrefix(r, "GET ") || strings.HasSuffix(r, "/secrets") {
			t.Errorf("kubectl asks for %s", r)
		}
	}
	if text := string(dump.Files[1].Data); strings.Contains(text, "hunter2") {
		t.Errorf("the dump has a command:\n%s", text)
	}
}

// TestRealFailures compares what is said where kubectl gives nothing.
func TestRealFailures(t *testing.T) {
	there := serve(t, &apiServer{})
	for name, test := range map[string]struct {
		opts Options
		want string
	}{
		"context": {Options{Kubeconfig: there.Kubeconfig, Context: "prodd"}, "kubectl has no such context: 'kubectl config get-contexts' lists them (kubectl: error: context \"prodd\" does not exist)"},
		"file":    {Options{Kubeconfig: filepath.Join(t.TempDir(), "none")}, "kubectl cannot use its configuration: check --kubeconfig and KUBECONFIG (kubectl: error: stat "},
		"login":   {serve(t, &apiServer{refuse: http.StatusUnauthorized}), "the cluster does not accept the login: log in again (kubectl: error: You must be logged in to the server"},
		"network": {unreachable(t), "the cluster cannot be reached: check the context, the network and the VPN (kubectl: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("KUBECACHEDIR", t.TempDir())
			_, err := Read(t.Context(), test.opts)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

// unreachable leads kubectl to a server that has ended.
func unreachable(t *testing.T) Options {
	opts := serve(t, &apiServer{})
	text, err := os.ReadFile(opts.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	start := strings.Index(string(text), "http://")
	end := start + strings.IndexByte(string(text[start:]), '"')
	text = []byte(string(text[:start]) + gone.URL + string(text[end:]))
	if err := os.WriteFile(opts.Kubeconfig, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return opts
}
