package realenvoy

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/encoding/protojson"

	"sem.example/internal/envoytest/binary"
	"sem.example/internal/pipeline"
	"sem.example/internal/realenvoy/accesslog"
	"sem.example/internal/realenvoy/process"
	"sem.example/internal/realenvoy/rootless"
	"sem.example/internal/realenvoy/upstream"
	"sem.example/internal/selfsigned"
	"sem.example/render"
	"sem.example/simulate"
)

// TestInterception has real sidecars and a real egress gateway carry calls from application to application: the kernel
// redirects the traffic, the proxies encrypt it with certificates that they check, names are looked up by DNS. What each
// proxy of the way logged, and what the applications saw, is held against the trace of the whole way.
//
// The bootstraps are those that sem renders, but that they log and have the admin interface on a socket that the test
// reaches. The rootless harness covers much more ground; this is for what it has to replace.
func TestInterception(t *testing.T) {
	c := newCluster(t, "testdata/interception.txtar")
	c.run("shop", "client", "10.1.0.2", true)
	server := c.run("bank", "server", "10.1.0.3", true)
	c.run("istio-system", "egress-0", "10.1.0.4", false)
	c.serve(server.namespace, "10.1.0.3:8080", upstream.Endpoint{Address: "10.1.0.3", Port: 8080})
	c.serve(server.namespace, "10.1.0.3:9000", upstream.Endpoint{Address: "10.1.0.3", Port: 9000})
	for name, address := range c.names {
		if !strings.HasSuffix(name, ".local") {
			c.outside(address.String())
			for _, port := range []uint32{80, 443} {
				c.serve(c.node, netip.AddrPortFrom(address, uint16(port)).String(), upstream.Endpoint{Address: name, Port: port})
			}
		}
	}
	for _, call := range c.calls {
		t.Run(call.ID, func(t *testing.T) { c.compare(t, call) })
	}
}

// A cluster is a network whose pods have proxies.
type cluster struct {
	*network
	envoy     string
	dir       string
	world     *pipeline.World
	calls     []simulate.Call
	names     map[string]netip.Addr
	authority *selfsigned.Authority
	upstreams *upstream.Servers
	proxies   map[string]*intercepted // by namespace/name
}

// An intercepted proxy is one in a pod.
type intercepted struct {
	namespace string // of the network
	entries   *accesslog.Reader
}

// newCluster reads an archive: mesh.yaml, the addresses of names (names), and calls, one a line.
func newCluster(t *testing.T, archive string) *cluster {
	t.Helper()
	envoy := binary.Required(t)
	a, err := txtar.ParseFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{network: newNetwork(t), dir: roomy(t), names: map[string]netip.Addr{}, proxies: map[string]*intercepted{}}
	for _, f := range a.Files {
		switch f.Name {
		case "mesh.yaml":
			c.world, err = pipeline.Load(pipeline.Options{Paths: []string{"-"}, Stdin: bytes.NewReader(f.Data), Assume: pipeline.Assume{Nothing: true}})
		case "names":
			for line := range strings.Lines(string(f.Data)) {
				name, address, _ := strings.Cut(strings.TrimSpace(line), " ")
				c.names[name] = netip.MustParseAddr(address)
			}
		case "calls.jsonl":
			for in := bufio.NewScanner(bytes.NewReader(f.Data)); in.Scan() && err == nil; {
				c.calls = append(c.calls, simulate.Call{})
				err = json.Unmarshal(in.Bytes(), &c.calls[len(c.calls)-1])
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c.envoy = filepath.Join(c.dir, "envoy")
	if err := copyFile(c.envoy, envoy, 0o755); err != nil {
		t.Fatal(err)
	}
	if c.authority, err = selfsigned.Open(filepath.Join(c.dir, "authority")); err != nil {
		t.Fatal(err)
	}
	if c.upstreams, err = upstream.Start(c.authority, "api.partner.example.com"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.upstreams.Close)
	return c
}

// roomy is a temporary folder that every user may enter.
func roomy(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sem-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func copyFile(to, from string, mode fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// run starts the proxy of a pod, as the user whose traffic is left alone.
func (c *cluster) run(namespace, name, address string, sidecar bool) *intercepted {
	c.t.Helper()
	p := simulate.Proxy{Type: "sidecar", Namespace: namespace, Name: name, IPs: []string{address}}
	if !sidecar {
		p.Type = "gateway"
	}
	pod := c.pod(address)
	c.resolve(pod, c.names)
	if sidecar {
		c.redirect(pod)
	}
	dir := filepath.Join(c.dir, name)
	c.prepare(dir, p)
	user, err := strconv.Atoi(envoyUser)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, user, user))
	}); err != nil {
		c.t.Fatal(err)
	}
	running, err := process.Start(c.t.Context(), dir, "ip", "netns", "exec", pod, "setpriv", "--reuid", envoyUser, "--regid", envoyUser, "--clear-groups", c.envoy)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(running.Stop)
	proxy := &intercepted{namespace: pod, entries: &accesslog.Reader{Path: filepath.Join(dir, "access.log")}}
	c.proxies[namespace+"/"+name] = proxy
	return proxy
}

// prepare writes the bootstrap of a proxy and the certificates that it names, all of one authority.
func (c *cluster) prepare(dir string, p simulate.Proxy) {
	c.t.Helper()
	compiler, err := c.world.Compile(p)
	if err != nil {
		c.t.Fatal(err)
	}
	certs := filepath.Join(dir, "certs")
	if err := os.MkdirAll(certs, 0o755); err != nil {
		c.t.Fatal(err)
	}
	for _, name := range []string{"ca.crt", "ca.key"} {
		if err := copyFile(filepath.Join(certs, name), filepath.Join(c.dir, "authority", name), 0o600); err != nil {
			c.t.Fatal(err)
		}
	}
	options := render.BootstrapOptions{Certs: certs, SelfSigned: true, Identity: c.identity(p)}
	b, _ := render.Static(compiler.Snapshot(), options)
	rootless.Log(b, filepath.Join(dir, "access.log"))
	b.Admin.Address = &corev3.Address{Address: &corev3.Address_Pipe{Pipe: &corev3.Pipe{Path: filepath.Join(dir, "admin.sock")}}}
	if err := render.SelfSigned(b, options); err != nil {
		c.t.Fatal(err)
	}
	c.write(filepath.Join(dir, process.BootstrapFile), b)
}

// identity is the one that a pod's account has.
func (c *cluster) identity(p simulate.Proxy) string {
	view, err := c.world.View(p)
	if err != nil {
		c.t.Fatal(err)
	}
	return fmt.Sprintf("spiffe://cluster.local/ns/%s/sa/%s", p.Namespace, view.Proxy().All().ServiceAccount)
}

func (c *cluster) write(path string, b *bootstrapv3.Bootstrap) {
	c.t.Helper()
	text, err := protojson.Marshal(b)
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// serve puts an application behind an address.
func (c *cluster) serve(namespace, address string, e upstream.Endpoint) {
	c.t.Helper()
	c.upstreams.Serve(c.listen(namespace, address), e)
}

// call makes a call as the application in a proxy's pod does: it looks the name up, dials, and speaks. A call that comes
// to a proxy is made from the node.
func (c *cluster) call(call simulate.Call) (answer, *upstream.Received) {
	c.t.Helper()
	pod := c.node
	if call.Direction == "outbound" {
		pod = c.proxies[call.Proxy.Namespace+"/"+call.Proxy.Name].namespace
	}
	to, err := netip.ParseAddr(call.Address)
	if err != nil {
		u, err := url.Parse(call.URL)
		if err != nil {
			c.t.Fatal(err)
		}
		to = c.lookUp(pod, u.Hostname())
	}
	conn, err := c.dial(pod, netip.AddrPortFrom(to, uint16(call.Port)))
	if err != nil {
		return answer{err: err}, nil
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		c.t.Fatal(err)
	}
	speaker := &client{call: call, conn: conn}
	if speaker.tls, err = clientTLS(call, c.authority); err != nil {
		c.t.Fatal(err)
	}
	a := speaker.converse()
	return a, c.upstreams.Exchange(a.exchange)
}

// compare holds a call against the trace of its whole way.
func (c *cluster) compare(t *testing.T, call simulate.Call) {
	trace, err := c.world.Trace(call, pipeline.TraceOptions{Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.proxies {
		if err := p.entries.Forget(); err != nil {
			t.Fatal(err)
		}
	}
	a, upstream := c.call(call)
	for i, hop := range trace.Hops {
		p := c.proxies[hop.Proxy.Namespace+"/"+hop.Proxy.Name]
		if p == nil {
			t.Fatalf("hop %d is %s/%s, which does not run", i+1, hop.Proxy.Namespace, hop.Proxy.Name)
		}
		entries, err := first(t.Context(), p.entries)
		if err != nil {
			t.Fatalf("hop %d, %s: %v", i+1, hop.Proxy.Name, err)
		}
		for _, difference := range hopDifferences(trace, i, noted(entries)) {
			t.Errorf("hop %d, %s: %s", i+1, hop.Proxy.Name, difference)
		}
	}
	for _, difference := range endDifferences(trace, a, upstream) {
		t.Error(difference)
	}
	if last := len(trace.Hops) - 1; last > 0 && trace.Hops[last].Direction == "inbound" && upstream != nil && upstream.Path != "" {
		before := "URI=" + c.identity(trace.Hops[last-1].Proxy)
		if got := upstream.Headers["x-forwarded-client-cert"]; !strings.Contains(got, before) {
			t.Errorf("the server's proxy knows its client as %q, want %s", got, before)
		}
	}
	if t.Failed() {
		t.Logf("%s: %s\n  got %+v\n  upstream %+v", trace.Verdict, trace.Summary, a, upstream)
	}
}

// first returns what was logged first since the last call: the entries of one connection, which need not have ended.
func first(ctx context.Context, log *accesslog.Reader) ([]accesslog.Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		entries, err := log.Entries()
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(entries, func(e accesslog.Entry) bool { return e.Kind != accesslog.ConnectionEnd || e.ResponseFlags != "" }); i >= 0 {
			return entries[i : i+1], nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("it logged nothing of the call: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// hopDifferences names what a hop of a trace says otherwise than its proxy logged.
func hopDifferences(trace *simulate.Trace, i int, o Observation) []string {
	c := comparison{call: trace.Call, trace: trace, hop: &trace.Hops[i], seen: o}
	c.choices()
	host, port, err := net.SplitHostPort(o.UpstreamHost)
	if err != nil {
		return c.out
	}
	n, _ := strconv.ParseUint(port, 10, 16) // what is not a number is not an endpoint's
	if !c.dials(upstream.Received{Address: host, Port: uint32(n)}) {
		c.differ("endpoint", c.endpoints(), o.UpstreamHost)
	}
	return c.out
}

// endDifferences names what the applications at both ends saw otherwise than the trace says.
func endDifferences(trace *simulate.Trace, a answer, u *upstream.Received) []string {
	c := comparison{call: trace.Call, trace: trace, hop: &trace.Hops[len(trace.Hops)-1], seen: Observation{Status: a.status, Upstream: u}}
	c.equal("delivered", trace.Verdict.Succeeded() && trace.Verdict != simulate.DirectResponse && trace.Verdict != simulate.Redirected, u != nil)
	if u == nil {
		c.equal("status", trace.Status, a.status)
		return c.out
	}
	if !c.dials(*u) {
		c.differ("endpoint", c.endpoints(), fmt.Sprintf("%s:%d", u.Address, u.Port))
	}
	c.encryption(*u)
	if u.Path == "" {
		return c.out
	}
	authority, path := asked(trace.Call)
	for _, hop := range trace.Hops {
		if hop.Rewrite != nil && hop.Rewrite.Path != nil {
			path = hop.Rewrite.Path.To
		}
		if hop.Rewrite != nil && hop.Rewrite.Authority != nil {
			authority = hop.Rewrite.Authority.To
		}
		c.hop = &hop
		if hop.Headers != nil {
			c.headers(hop.Headers.Request, u.Headers)
		}
	}
	c.equal("path", path, u.Path)
	c.equal("authority", authority, u.Authority)
	return c.out
}

// What a proxy logs otherwise than the trace says has to be found.
func TestHopDifferences(t *testing.T) {
	trace := &simulate.Trace{Hops: []simulate.Hop{{
		Listener: "0.0.0.0_80", VirtualHost: "web:80", RouteConfig: "80", Route: "default", Cluster: "outbound|80||web",
		Endpoints: []simulate.Endpoint{{Address: "10.0.0.1", Port: 80}},
	}}}
	right := Observation{
		Listener: "0.0.0.0_80", VirtualHost: "web:80", RouteConfig: "80", Route: "default", Cluster: "outbound|80||web", UpstreamHost: "10.0.0.1:80",
	}
	if got := hopDifferences(trace, 0, right); len(got) > 0 {
		t.Errorf("what agrees differs: %q", got)
	}
	for name, change := range map[string]func(*Observation){
		"listener":     func(o *Observation) { o.Listener = "virtualOutbound" },
		"filter chain": func(o *Observation) { o.FilterChain = "other" },
		"virtual host": func(o *Observation) { o.VirtualHost = "other" },
		"cluster":      func(o *Observation) { o.Cluster = "PassthroughCluster" },
		"endpoint":     func(o *Observation) { o.UpstreamHost = "10.0.0.1:81" },
	} {
		o := right
		change(&o)
		if got := hopDifferences(trace, 0, o); len(got) != 1 || !strings.HasPrefix(got[0], name+":") {
			t.Errorf("another %s: %q", name, got)
		}
	}
}
