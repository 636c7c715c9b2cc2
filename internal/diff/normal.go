package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"sem.example/internal/envoy"
)

// A digest stands for what requests can show of a resource. Of equal digests, requests show the same.
type digest string

// A normalizer reduces the resources of one snapshot. What names a cluster or a route table is replaced by the digest of
// it, so that names do not count and what is behind them does.
type normalizer struct {
	namespace string // of the proxy
	resources *envoy.Index
	snapshot  *envoy.Snapshot
	clusters  map[string]digest
	tables    map[string]digest
	used      map[string]bool              // the clusters that were met on the way
	absent    map[string]bool              // by the name of a cluster, whether the proxy has none
	named     bool                         // leave the names of route tables as they are
	plain     bool                         // say the hosts of clusters instead of their digests
	filters   map[[sha256.Size]byte]digest // by what they are

	overwrites func() bool // reports whether all connection managers write their own name into responses
}

func newNormalizer(namespace string, s *envoy.Snapshot, x *envoy.Index) *normalizer {
	return &normalizer{
		namespace: namespace, resources: x, snapshot: s,
		clusters: map[string]digest{}, tables: map[string]digest{}, used: map[string]bool{}, absent: map[string]bool{}, filters: map[[sha256.Size]byte]digest{},
		overwrites: sync.OnceValue(func() bool { return overwriteServer(s.Listeners) }),
	}
}

// listener is the digest of a listener; "" for none.
func (n *normalizer) listener(l *listenerv3.Listener) digest {
	if l == nil {
		return ""
	}
	parts := []any{n.reduce(tree(without(l, "filter_chains", "default_filter_chain")))}
	for _, chain := range append(slices.Clone(l.GetFilterChains()), l.GetDefaultFilterChain()) {
		parts = append(parts, n.chain(chain))
	}
	return digestOf(parts)
}

// chain is the digest of a filter chain. Filter by filter, since the many ports of a workload have the same ones, which may
// be large.
func (n *normalizer) chain(c *listenerv3.FilterChain) digest {
	if c == nil {
		return ""
	}
	parts := []any{n.reduce(tree(without(c, "filters")))}
	for _, f := range c.GetFilters() {
		manager := &hcmv3.HttpConnectionManager{}
		if f.GetTypedConfig().UnmarshalTo(manager) != nil {
			parts = appendDigest(parts, n.filter(f))
			if deniesConnections(f) {
				break // nothing comes to what is behind it
			}
			continue
		}
		parts = append(parts, n.reduce(tree(without(f, "typed_config"))), n.manager(manager))
		denied := deniesAll(manager)
		for _, h := range manager.GetHttpFilters() {
			if parts = appendDigest(parts, n.filter(h)); denied && deniesRequests(h) {
				break
			}
		}
	}
	return digestOf(parts)
}

// manager is a connection manager without its filters, and without routes that no request comes to. What they add to responses, they
// add to those of the proxy itself too.
func (n *normalizer) manager(m *hcmv3.HttpConnectionManager) any {
	if deniesAll(m) && !strings.Contains(text(tree(m.GetRouteConfig())), "esponseHeaders") {
		return n.reduce(tree(without(m, "http_filters", "route_config")))
	}
	return n.reduce(tree(without(m, "http_filters")))
}

// appendDigest appends the digest of a filter, if it has an effect.
func appendDigest(parts []any, d digest) []any {
	if d == "" {
		return parts
	}
	return append(parts, d)
}

// filter is the digest of a filter, of connections or of requests; "" where it does nothing.
func (n *normalizer) filter(f proto.Message) digest {
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(f)
	if err != nil {
		return digestOf(n.reduce(tree(f)))
	}
	key := sha256.Sum256(append(raw, text(n.named)...))
	d, ok := n.filters[key]
	if !ok {
		if t := n.reduce(tree(f)); !withoutEffect(t) {
			d = digestOf(t)
		}
		n.filters[key] = d
	}
	return d
}

// withoutEffect reports whether a filter is one of access control without rules, which lets everything pass.
func withoutEffect(filter any) bool {
	f, _ := filter.(map[string]any)
	config, _ := f["typedConfig"].(map[string]any)
	return strings.HasSuffix(stringOf(config["@type"]), ".rbac.v3.RBAC") && config["rules"] == nil && config["matcher"] == nil
}

// without is a message without some of its fields. It shares the others.
func without[M proto.Message](m M, fields ...protoreflect.Name) M {
	from, out := m.ProtoReflect(), m.ProtoReflect().New()
	from.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if !slices.Contains(fields, f.Name()) {
			out.Set(f, v)
		}
		return true
	})
	return out.Interface().(M)
}

// frame is the digest of a listener without what its route tables hold.
func (n *normalizer) frame(l *listenerv3.Listener) digest {
	n.named = true
	defer func() { n.named = false }()
	return n.listener(l)
}

// table is the digest of a route table.
func (n *normalizer) table(name string) digest {
	if d, ok := n.tables[name]; ok {
		return d
	}
	d := digest("no table " + name)
	if t := n.resources.Route(name); t != nil {
		var hosts []digest
		for _, v := range t.GetVirtualHosts() {
			hosts = append(hosts, n.host(v))
		}
		slices.Sort(hosts)
		d = digestOf([]any{n.reduce(tree(without(t, "name", "virtual_hosts"))), hosts})
	}
	n.tables[name] = d
	return d
}

// host is the digest of a virtual host, whose name does not count.
func (n *normalizer) host(v *routev3.VirtualHost) digest {
	return digestOf(n.reduce(tree(without(v, "name"))))
}

// cluster is the digest of a cluster with its endpoints. Of one without endpoints the name counts: nothing else says where
// its requests are meant to go.
func (n *normalizer) cluster(name string) digest {
	n.used[name] = true
	if d, ok := n.clusters[name]; ok {
		return d
	}
	n.clusters[name] = digest("cluster " + name)
	c := n.resources.Cluster(name)
	if c == nil {
		return n.clusters[name]
	}
	d := digestOf([]any{n.reduce(clusterTree(c)), n.endpoints(c), n.nameOf(c)})
	n.clusters[name] = d
	return d
}

func clusterTree(c *clusterv3.Cluster) any {
	t, _ := tree(c).(map[string]any)
	delete(t, "name")
	delete(t, "altStatName")
	withoutGauges(t)
	if eds, ok := t["edsClusterConfig"].(map[string]any); ok {
		delete(eds, "serviceName")
	}
	if load, ok := t["loadAssignment"].(map[string]any); ok {
		delete(load, "clusterName")
	}
	return t
}

// withoutGauges leaves out that a cluster counts what remains of its limits, which no request shows.
func withoutGauges(cluster map[string]any) {
	breakers, _ := cluster["circuitBreakers"].(map[string]any)
	thresholds, _ := breakers["thresholds"].([]any)
	for _, t := range thresholds {
		if t, ok := t.(map[string]any); ok {
			delete(t, "trackRemaining")
		}
	}
}

// nameOf is the name of a cluster where it has no endpoints of its own.
func (n *normalizer) nameOf(c *clusterv3.Cluster) string {
	load := c.GetLoadAssignment()
	if load == nil {
		load = n.resources.Endpoints(c.GetName())
	}
	for _, l := range load.GetEndpoints() {
		if len(l.GetLbEndpoints()) > 0 {
			return ""
		}
	}
	return c.GetName()
}

func (n *normalizer) endpoints(c *clusterv3.Cluster) any {
	e := n.resources.Endpoints(c.GetName())
	if e == nil {
		return nil
	}
	e, _ = envoy.Retained(e)
	t, _ := tree(e).(map[string]any)
	delete(t, "clusterName")
	reduceEndpoints(t, len(c.GetCommonLbConfig().GetOverrideHostStatus().GetStatuses()) == 1)
	return n.reduce(t)
}

// reduceEndpoints takes away what says the default of endpoints, as a config dump does, and puts them in order. That an endpoint is
// known to be healthy counts where a session may be bound to those of one status.
func reduceEndpoints(load map[string]any, status bool) {
	policy, _ := load["policy"].(map[string]any)
	if policy["overprovisioningFactor"] == 140.0 {
		delete(policy, "overprovisioningFactor")
	}
	if len(policy) == 0 {
		delete(load, "policy")
	}
	groups, _ := load["endpoints"].([]any)
	for _, g := range groups {
		g, _ := g.(map[string]any)
		if locality, ok := g["locality"].(map[string]any); ok && len(locality) == 0 {
			delete(g, "locality")
		}
		all, _ := g["lbEndpoints"].([]any)
		for _, e := range all {
			e, _ := e.(map[string]any)
			if e["healthStatus"] == "HEALTHY" && !status {
				delete(e, "healthStatus")
			}
			if e["loadBalancingWeight"] == 1.0 {
				delete(e, "loadBalancingWeight")
			}
		}
		byAddress(all)
	}
	byAddress(groups)
}

// byAddress orders endpoints, or groups of them, by their addresses.
func byAddress(all []any) {
	key := func(v any) string {
		m, _ := v.(map[string]any)
		if list, ok := m["lbEndpoints"].([]any); ok && len(list) > 0 {
			m, _ = list[0].(map[string]any)
		}
		return text(m["endpoint"])
	}
	slices.SortStableFunc(all, func(a, b any) int { return strings.Compare(key(a), key(b)) })
}

// all is the digest of every cluster, for what may choose any of them.
func (n *normalizer) all() digest {
	var out []string
	for _, c := range n.snapshot.Clusters {
		out = append(out, c.GetName()+string(n.cluster(c.GetName())))
	}
	return digestOf(out)
}

// tree is a message as JSON. One with a part that cannot be written so is its bytes: it equals only what is the same.
func tree(m proto.Message) any {
	data, err := protojson.Marshal(m)
	if err != nil {
		raw, _ := proto.MarshalOptions{Deterministic: true}.Marshal(m)
		return hex.EncodeToString(raw)
	}
	var out any
	if json.Unmarshal(data, &out) != nil {
		return string(data)
	}
	return out
}

func stringOf(v any) string {
	s, _ := v.(string)
	return s
}

func text(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}

func digestOf(v any) digest {
	sum := sha256.Sum256([]byte(text(v)))
	return digest(hex.EncodeToString(sum[:]))
}

// outcome is the digest of what a route does with a request that it matches. What the path test matched counts where a
// rewrite replaces it.
func (n *normalizer) outcome(r *routev3.Route, around frame) digest {
	t, _ := tree(r).(map[string]any)
	match := t["match"]
	delete(t, "match")
	delete(t, "name")
	whole := around.whole
	if n.sendsNothing(t) {
		whole = around.unsent
	}
	m, _ := match.(map[string]any)
	delete(m, "headers")
	delete(m, "queryParameters")
	replaced := wholePath(t, m)
	if said := text(t); replaced || !strings.Contains(said, "prefixRewrite") && !strings.Contains(said, "pathRewritePolicy") {
		match = nil
	}
	return digestOf([]any{whole, n.reduce(t), match})
}

// wholePath writes a rewrite that replaces the whole path as such, and reports whether it is one: of a route for one path or for a
// regular expression, which match the whole, or by the expression for every path.
func wholePath(route, match map[string]any) bool {
	action, ok := route["route"].(map[string]any)
	if !ok {
		return false
	}
	to, byPrefix := action["prefixRewrite"].(string)
	if byPrefix {
		if match["path"] == nil && match["safeRegex"] == nil {
			return false
		}
	} else {
		regex, _ := action["regexRewrite"].(map[string]any)
		pattern, _ := regex["pattern"].(map[string]any)
		to = stringOf(regex["substitution"])
		if stringOf(pattern["regex"]) != "/.*" || strings.Contains(to, `\`) {
			return false
		}
	}
	delete(action, "prefixRewrite")
	delete(action, "regexRewrite")
	action["wholePath"] = to
	return true
}
