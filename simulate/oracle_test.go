package simulate

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sem.example/internal/envoy"
)

// floor is how many of the observed requests the traces agree with at least.
const floor = 4529

var disagree = flag.Bool("disagree", false, "print the observations that the traces disagree with")

// An observation is a request that a real Envoy got, and what became of it.
type observation struct {
	ID       string
	Request  Call
	Observed observed
}

type observed struct {
	Listener, FilterChain, RouteConfig, VirtualHost, Route, Cluster string

	ResponseFlags, Details, Error string
	Status                        int
	ResponseHeaders               map[string]string
	Upstream                      *arrival
}

type arrival struct {
	Address                 string
	Port                    uint32
	Authority, Path, Method string
	Headers                 map[string]string
	TLS                     *struct {
		SNI               string
		ClientCertificate bool
	}
}

// TestObserved compares traces with what a real Envoy did with the same requests while it ran the same resources.
// SEM_ORACLE names the folder with the observations.
func TestObserved(t *testing.T) {
	root := os.Getenv("SEM_ORACLE")
	if root == "" {
		t.Skip("SEM_ORACLE names no folder of observations")
	}
	files, err := filepath.Glob(filepath.Join(root, "requests", "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no observations in %s: %v", root, err)
	}
	agree, total, fields := 0, 0, map[string]int{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		dot := strings.LastIndexByte(name, '.')
		engine := New(load(t, filepath.Join(root, "cases", name[:dot], name[dot+1:]+".xds.json")))
		for _, o := range observations(t, file) {
			bad := differences(&o.Request, &o.Observed, engine.Trace(o.Request))
			total++
			if len(bad) == 0 {
				agree++
				continue
			}
			for _, b := range bad {
				fields[strings.Fields(b)[0]]++
			}
			if *disagree {
				q := o.Request
				t.Logf("%s: %s %s %s %s -> %s:%d sni %q alpn %q: %s", o.ID, q.Direction, q.TLS, q.Protocol, q.URL, q.Address, q.Port, q.SNI, q.ALPN, strings.Join(bad, "; "))
			}
		}
	}
	t.Logf("%d of %d requests agree %v", agree, total, fields)
	if agree < floor {
		t.Errorf("%d requests agree, fewer than before (%d)", agree, floor)
	}
}

func load(t testing.TB, file string) envoy.Resources {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := envoy.Load(data)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, n := range s.NotModelled {
		t.Errorf("%s: %s: %s", file, n.What, n.Reason)
	}
	return envoy.NewIndex(s)
}

func observations(t *testing.T, file string) []observation {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []observation
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var o observation
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out = append(out, o)
	}
	return out
}

// A comparison collects what differs, each entry beginning with the name of the field.
type comparison struct{ bad []string }

func (c *comparison) equal(what string, got, want any) {
	if got != want {
		c.bad = append(c.bad, fmt.Sprintf("%s got %v, Envoy %v", what, got, want))
	}
}

// differences names what differs between an observation and the first hop of a trace.
func differences(q *Call, o *observed, t *Trace) []string {
	c, h := &comparison{}, &t.Hops[0]
	for _, f := range [][3]string{
		{"listener", h.Listener, o.Listener}, {"filterChain", h.FilterChain, o.FilterChain}, {"routeConfig", h.RouteConfig, o.RouteConfig},
		{"virtualHost", h.VirtualHost, o.VirtualHost}, {"route", h.Route, o.Route},
	} {
		if f[2] != "" {
			c.equal(f[0], f[1], f[2])
		}
	}
	if o.Cluster != "" && o.Cluster != h.Cluster && !slices.ContainsFunc(h.Branches, func(b Branch) bool { return b.Cluster == o.Cluster }) {
		c.equal("cluster", h.Cluster, o.Cluster)
	}
	switch {
	case slices.Contains(strings.Split(o.ResponseFlags, ","), "FI"):
		if t.Verdict != FaultAborted && !slices.ContainsFunc(h.Branches, func(b Branch) bool { return b.Verdict == FaultAborted }) {
			c.equal("fault", t.Verdict, FaultAborted)
		}
	case o.Upstream != nil:
		c.upstream(q, o.Upstream, h)
	case o.Status != 0 && o.Details != "" && o.Details != "via_upstream":
		c.answer(o, t)
	case o.Error != "":
		c.failure(o, t)
	}
	return c.bad
}

func (c *comparison) upstream(q *Call, u *arrival, h *Hop) {
	var dialled []string
	for _, e := range h.Endpoints {
		dialled = append(dialled, fmt.Sprint(e.Address, " ", e.Port), fmt.Sprint(nameAddress(e.Address), " ", e.Port))
	}
	for _, b := range h.Branches {
		for _, e := range b.Endpoints {
			dialled = append(dialled, fmt.Sprint(e.Address, " ", e.Port), fmt.Sprint(nameAddress(e.Address), " ", e.Port))
		}
	}
	if want := fmt.Sprint(u.Address, " ", u.Port); !slices.Contains(dialled, want) {
		c.equal("endpoint", strings.Join(dialled, ", "), want)
	}
	c.encryption(u, h)
	if u.Path != "" {
		c.request(q, u, h)
	}
}

func (c *comparison) encryption(u *arrival, h *Hop) {
	tls := h.TLS
	if tls == nil {
		tls = &TLS{}
	}
	encrypted := tls.OriginatedBy == "proxy" || tls.OriginatedBy == "application"
	c.equal("tls", encrypted, u.TLS != nil)
	if u.TLS == nil || !encrypted {
		return
	}
	c.equal("sni", tls.SNI, u.TLS.SNI)
	if tls.OriginatedBy == "proxy" {
		c.equal("certificate", tls.Mode == "MUTUAL" || tls.Mode == "ISTIO_MUTUAL", u.TLS.ClientCertificate)
	}
}

func (c *comparison) request(q *Call, u *arrival, h *Hop) {
	_, rest, _ := strings.Cut(q.URL, "://")
	authority, path := rest, "/"
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	if h.Rewrite != nil && h.Rewrite.Path != nil {
		path = h.Rewrite.Path.To
	}
	if h.Rewrite != nil && h.Rewrite.Authority != nil {
		authority = h.Rewrite.Authority.To
	}
	c.equal("path", path, u.Path)
	c.equal("authority", authority, u.Authority)
	c.equal("method", q.Method, u.Method)
	if h.Headers != nil && h.Headers.Request != nil {
		c.headers(h.Headers.Request, u.Headers)
	}
}

func (c *comparison) headers(ops *HeaderChange, got map[string]string) {
	for _, values := range []map[string]string{ops.Set, ops.Add} {
		for k, v := range values {
			if !strings.Contains(v, "%") && !strings.HasPrefix(k, ":") && !strings.EqualFold(k, "host") && !strings.Contains(got[strings.ToLower(k)], v) {
				c.equal("header "+k, v, got[strings.ToLower(k)])
			}
		}
	}
	for _, k := range ops.Remove {
		if v, there := got[strings.ToLower(k)]; there {
			c.equal("header "+k, "removed", v)
		}
	}
}

func (c *comparison) answer(o *observed, t *Trace) {
	c.equal("status", t.Status, o.Status)
	if want := o.ResponseHeaders["location"]; want != "" {
		got := ""
		if r := t.Hops[0].Response; r != nil {
			got = r.Location
		}
		c.equal("location", got, want)
	}
}

func (c *comparison) failure(o *observed, t *Trace) {
	tls := t.Hops[0].TLS
	if t.Verdict.Succeeded() && t.Verdict != Passthrough && (tls == nil || tls.OriginatedBy != "application") {
		c.equal("failure", t.Verdict, o.Error)
	}
}

// nameAddress is the address that the DNS server of the observations gave a name.
func nameAddress(name string) string {
	h := 0
	for _, r := range strings.TrimRight(strings.ToLower(name), ".") {
		h = (h*131 + int(r)) % (1 << 17)
	}
	return fmt.Sprintf("198.%d.%d.%d", 18+h>>16, h>>8&255, h&255)
}
