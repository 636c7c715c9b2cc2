package envoytest_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest"
	"sem.example/simulate"
)

// A row is a request that was sent to a real Envoy through the network rules of a pod, and what became of it.
type row struct {
	ID       string                `json:"id"`
	Request  simulate.Call         `json:"request"`
	Observed envoytest.Observation `json:"observed"`
}

// TestReplay sends the requests of the oracle through the harness, which must see what was seen in a pod.
func TestReplay(t *testing.T) {
	oracle := os.Getenv("SEM_ORACLE")
	if oracle == "" {
		t.Skip("SEM_ORACLE does not name the folder of the oracle")
	}
	files, err := filepath.Glob(filepath.Join(oracle, "requests", "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatal("no requests in the oracle", err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".jsonl")
		t.Run(name, func(t *testing.T) {
			dot := strings.LastIndexByte(name, '.')
			replay(t, load(t, filepath.Join(oracle, "cases", name[:dot], name[dot+1:]+".xds.json")), rows(t, f))
		})
	}
}

// chances is how often a request is sent, since the choice among endpoints and among weighted routes is random.
const chances = 25

func replay(t *testing.T, s *envoy.Snapshot, rows []row) {
	p := envoytest.Run(t, s, "")
	agree := 0
	for _, r := range rows {
		if r.relative() {
			continue
		}
		got, differences := r.send(t, p)
		if len(differences) == 0 {
			agree++
			continue
		}
		call, _ := json.Marshal(r.Request)
		observed, _ := json.Marshal(r.Observed)
		saw, _ := json.Marshal(got)
		t.Errorf("%s: %s\n  call %s\n  want %s\n   got %s", r.ID, strings.Join(differences, "; "), call, observed, saw)
	}
	t.Logf("%d of %d requests agree", agree, len(rows))
}

func (r row) send(t *testing.T, p *envoytest.Proxy) (got envoytest.Observation, differences []string) {
	t.Helper()
	for range chances {
		var err error
		if got, err = p.Do(t.Context(), r.Request); err != nil {
			t.Fatal(r.ID, err)
		}
		if differences = r.differences(got); len(differences) == 0 {
			break
		}
	}
	return got, differences
}

// relative says whether the request line had a relative path, which the URL cannot express.
func (r row) relative() bool {
	u := r.Observed.Upstream
	return u != nil && u.Path != "" && !strings.HasPrefix(u.Path, "/")
}

func load(t *testing.T, path string) *envoy.Snapshot {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := envoy.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func rows(t *testing.T, path string) []row {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []row
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// differences names the fields in which an observation is not what was observed in a pod.
func (r row) differences(got envoytest.Observation) []string {
	var out []string
	check := func(what string, same bool) {
		if !same {
			out = append(out, what)
		}
	}
	want := r.Observed
	if !want.Unlogged {
		check("listener", got.Listener == want.Listener)
		check("filter chain", got.FilterChain == want.FilterChain)
	}
	check("route table", got.RouteConfig == want.RouteConfig)
	check("virtual host", got.VirtualHost == want.VirtualHost)
	check("route", got.Route == want.Route && got.RouteIndex == want.RouteIndex)
	check("cluster", got.Cluster == want.Cluster)
	check("status", got.Status == want.Status)
	check("flags", got.ResponseFlags == want.ResponseFlags || want.Unlogged)
	check("failure", (got.Error != "") == (want.Error != ""))
	check("location", got.ResponseHeaders["location"] == want.ResponseHeaders["location"])
	if want.Error == "" { // the pod's client knew of the upstream only what was in its answer
		check("upstream", (got.Upstream != nil) == (want.Upstream != nil))
	}
	if got.Upstream != nil && want.Upstream != nil {
		out = append(out, upstreamDifferences(*got.Upstream, *want.Upstream)...)
	}
	return out
}

func upstreamDifferences(got, want envoytest.Upstream) []string {
	var out []string
	check := func(what string, same bool) {
		if !same {
			out = append(out, what)
		}
	}
	check("upstream address", envoytest.SameAddress(got.Address, want.Address) && got.Port == want.Port)
	check("protocol", got.Protocol == want.Protocol)
	check("TLS", (got.TLS != nil) == (want.TLS != nil))
	if got.TLS != nil && want.TLS != nil {
		check("SNI", got.TLS.SNI == want.TLS.SNI)
		check("ALPN", strings.Join(got.TLS.ALPN, ",") == strings.Join(want.TLS.ALPN, ","))
		check("client certificate", got.TLS.ClientCertificate == want.TLS.ClientCertificate)
	}
	check("path", got.Path == want.Path)
	check("authority", got.Authority == want.Authority)
	check("method", got.Method == want.Method)
	for name, value := range want.Headers {
		if name == "x-forwarded-client-cert" { // holds the certificate itself
			continue
		}
		check("header "+name, strings.Contains(got.Headers[name], value))
	}
	return out
}
