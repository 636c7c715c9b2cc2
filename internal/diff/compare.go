package diff

import (
	"maps"
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/callgen"
	"sem.example/internal/envoy"
	"sem.example/simulate"
)

// A Side is one of the two configurations of a proxy.
type Side struct {
	Snapshot *envoy.Snapshot
	Ask      func(simulate.Call) *simulate.Trace // follows a call through the proxy; nil where it cannot
}

// maxProbes is how many calls are tried where listeners differ.
const maxProbes = 800

// Compare finds the calls that two sides of a proxy answer differently, as far as the search goes.
func Compare(proxy simulate.Proxy, old, new Side, search *Search) *Result {
	c := &comparison{proxy: proxy, old: newPart(proxy, old), new: newPart(proxy, new), result: &Result{}, search: search, steps: maxSteps}
	c.untouched = newUntouched(c.old, c.new)
	defer search.begin()()
	c.notModelled()
	c.listeners()
	c.unseen()
	return c.result
}

// A comparison is the work on one proxy.
type comparison struct {
	proxy     simulate.Proxy
	old, new  *part
	result    *Result
	search    *Search
	untouched *untouched
	steps     int // that automata have left
}

// over reports whether the work has reached a limit.
func (c *comparison) over() bool { return c.steps <= 0 || c.search.over() }

// A part is what the work keeps of one side.
type part struct {
	Side
	*normalizer
	listeners map[string]*listenerv3.Listener
	settings  map[string]setting // that calls pass, by their address
	rules     rulesByRoute
}

func newPart(proxy simulate.Proxy, s Side) *part {
	s.Snapshot = envoy.Inlined(s.Snapshot)
	p := &part{Side: s, normalizer: newNormalizer(proxy.Namespace, s.Snapshot, envoy.NewIndex(s.Snapshot)), listeners: map[string]*listenerv3.Listener{}, settings: map[string]setting{}, rules: rulesByRoute{}}
	for _, l := range s.Snapshot.Listeners {
		p.listeners[l.GetName()] = l
	}
	return p
}

// notModelled leaves undecided what either side does not model, unless both have the very same.
func (c *comparison) notModelled() {
	say := func(p *part) map[string]bool {
		out := map[string]bool{}
		for _, n := range p.Snapshot.NotModelled {
			content := ""
			if n.Origin.Doc != nil {
				content = text(n.Origin.Doc.Tree())
			}
			out[n.What+"\x00"+content] = true
		}
		return out
	}
	old, new := say(c.old), say(c.new)
	for _, what := range slices.Concat(sortedKeys(old), sortedKeys(new)) {
		if !old[what] || !new[what] {
			name, _, _ := strings.Cut(what, "\x00")
			c.doubt(Undecided{Why: Unmodelled, What: name})
		}
	}
}

func (c *comparison) doubt(u Undecided) {
	if u.What == "" || !slices.ContainsFunc(c.result.Undecided, func(v Undecided) bool { return v.Why == u.Why && v.What == u.What }) {
		c.result.Undecided = append(c.result.Undecided, u)
	}
}

// listeners compares listener by listener, and the route tables of those that differ in them alone.
func (c *comparison) listeners() {
	names := slices.Concat(sortedKeys(c.old.listeners), sortedKeys(c.new.listeners))
	slices.Sort(names)
	tables := map[string]entry{}
	for _, name := range slices.Compact(names) {
		old, new := c.old.listeners[name], c.new.listeners[name]
		if before, after, at := c.counterparts(old, new); at != "" {
			c.counterpart(name, before, after, at, tables)
			continue
		}
		framed := c.untouched.framed.same(old, new)
		if c.untouched.same(old, new) || !framed && c.old.listener(old) == c.new.listener(new) {
			continue
		}
		framed = framed || c.old.frame(old) == c.new.frame(new)
		shown := !framed && c.probe(name, old, new)
		c.entries(entries(old), entries(new), framed, shown, tables)
	}
	for _, key := range sortedKeys(tables) {
		c.table(tables[key])
	}
}

// entries notes the route tables that differ behind two listeners for the same connections.
func (c *comparison) entries(old, new []entry, framed, shown bool, tables map[string]entry) {
	for _, e := range new {
		if framed && e.denied {
			continue
		}
		e.before, e.shown = tableBefore(old, e), shown
		key := e.table
		if e.before != e.table {
			key += "\x00" + e.before
		}
		if other, ok := tables[key]; ok && other.scheme != e.scheme {
			other.scheme = ""
			tables[key] = other
		} else if !ok && c.tablesDiffer(e.before, e.table) {
			tables[key] = e
		}
	}
}

// probe tries calls to a listener that differs in more than its route tables, and reports whether one showed it. They are made
// out of the filter chains that only one side has.
func (c *comparison) probe(name string, old, new *listenerv3.Listener) bool {
	seen := map[string]bool{}
	for _, side := range []struct {
		*part
		listener *listenerv3.Listener
	}{{c.old, c.old.onlyHere(old, c.new, new)}, {c.new, c.new.onlyHere(new, c.old, old)}} {
		if side.listener == nil {
			continue
		}
		s := *side.Snapshot
		s.Listeners = append([]*listenerv3.Listener{side.listener}, side.redirecting(side.listener)...)
		for _, call := range callgen.CallsUntil(c.over, &s, c.proxy, 1, maxProbes) {
			if c.over() {
				break
			}
			if ch := c.ask(call); ch != nil && !seen[signature(ch)] {
				seen[signature(ch)] = true
				ch.Region = Region{Listener: name, Port: ch.Witness.Port, Sampled: true}
				c.result.Changes = append(c.result.Changes, *ch)
			}
		}
	}
	switch {
	case c.over():
		c.doubt(Undecided{Region: Region{Listener: name}, Why: Bound, What: "requests through listener " + name})
	case len(seen) == 0:
		c.doubt(Undecided{Region: Region{Listener: name}, Why: Unshown, What: "listener " + name})
	}
	return len(seen) > 0
}

// redirecting is the listener that connections of the application are redirected to, if that is another one: without it, calls would
// be made that come to the listener directly.
func (p *part) redirecting(l *listenerv3.Listener) []*listenerv3.Listener {
	for _, other := range p.Snapshot.Listeners {
		if envoy.Virtual(other) && other.GetName() != l.GetName() {
			return []*listenerv3.Listener{other}
		}
	}
	return nil
}

// onlyHere is a listener with those of its filter chains that the other side does not have. Where the chains are the same it is
// the listener as it is.
func (p *part) onlyHere(l *listenerv3.Listener, other *part, theirs *listenerv3.Listener) *listenerv3.Listener {
	if l == nil || theirs == nil {
		return l
	}
	there := map[digest]bool{}
	for _, chain := range append(slices.Clone(theirs.GetFilterChains()), theirs.GetDefaultFilterChain()) {
		there[other.chain(chain)] = true
	}
	out := without(l, "filter_chains", "default_filter_chain")
	for _, chain := range l.GetFilterChains() {
		if !there[p.chain(chain)] {
			out.FilterChains = append(out.FilterChains, chain)
		}
	}
	if d := l.GetDefaultFilterChain(); d != nil && !there[p.chain(d)] {
		out.DefaultFilterChain = d
	}
	if len(out.FilterChains) == 0 && out.DefaultFilterChain == nil {
		return l
	}
	return withoutShared(out, theirs)
}

// withoutShared is a listener without the authorization policies that another one has too: calls are made out of the others.
func withoutShared(l, other *listenerv3.Listener) *listenerv3.Listener {
	shared := map[string]bool{}
	envoy.Edit(proto.Clone(other), func(m proto.Message) {
		if p, ok := m.(*rbacv3.Policy); ok {
			shared[text(tree(p))] = true
		}
	})
	out := proto.Clone(l).(*listenerv3.Listener)
	envoy.Edit(out, func(m proto.Message) {
		if r, ok := m.(*rbacv3.RBAC); ok {
			maps.DeleteFunc(r.GetPolicies(), func(_ string, p *rbacv3.Policy) bool { return shared[text(tree(p))] })
		}
	})
	return out
}

// signature is what changes of the same kind have in common.
func signature(ch *Change) string {
	if len(ch.Settings) > 0 {
		return text(ch.Settings)
	}
	return string(ch.Kind) + text(answerOf(ch.Old)) + text(answerOf(ch.New))
}

// ask follows a call on both sides and returns the change, if there is one.
func (c *comparison) ask(call simulate.Call) *Change {
	old, new := c.old.Ask(call), c.new.Ask(call)
	if old == nil || new == nil {
		return nil
	}
	kind, ok := Differ(old, new)
	if ok {
		return &Change{Kind: kind, Witness: call, Old: old, New: new}
	}
	if settings := c.settings(old, new); len(settings) > 0 {
		return &Change{Kind: Policy, Witness: call, Old: old, New: new, Settings: settings}
	}
	return nil
}

// unseen counts the clusters that differ and that nothing leads to.
func (c *comparison) unseen() {
	names := map[string]bool{}
	for _, p := range []*part{c.old, c.new} {
		for _, cl := range p.Snapshot.Clusters {
			if !c.old.used[cl.GetName()] && !c.new.used[cl.GetName()] {
				names[cl.GetName()] = true
			}
		}
	}
	for name := range names {
		if !c.untouched.none && !c.untouched.changed[name] {
			continue
		}
		if c.old.cluster(name) != c.new.cluster(name) {
			c.result.Unseen++
		}
	}
}

// An entry is a way to a route table.
type entry struct {
	table  string
	before string // of the old side
	chain  string // what the filter chain matches
	call   simulate.Call
	paths  []side
	scheme string // the only one that the proxy believes; "" is either
	denied bool   // no request passes the filters before it
	shown  bool   // the listener differs, and a call shows it
}

// tableBefore is the route table that the requests of an entry had on the old side: the one of the same name, or that of the filter
// chain for the same connections.
func tableBefore(before []entry, e entry) string {
	if !slices.ContainsFunc(before, func(b entry) bool { return b.table == e.table }) {
		if i := slices.IndexFunc(before, func(b entry) bool { return b.chain == e.chain }); i >= 0 {
			return before[i].table
		}
	}
	return e.table
}

// entries are the ways to the route tables of a listener.
func entries(l *listenerv3.Listener) []entry {
	var out []entry
	for _, chain := range append(slices.Clone(l.GetFilterChains()), l.GetDefaultFilterChain()) {
		for _, f := range chain.GetFilters() {
			hcm := &hcmv3.HttpConnectionManager{}
			if f.GetTypedConfig().UnmarshalTo(hcm) != nil || hcm.GetRds() == nil {
				continue
			}
			e := entry{table: hcm.GetRds().GetRouteConfigName(), chain: text(tree(chain.GetFilterChainMatch())), paths: normalPaths(hcm)}
			e.denied = deniesAll(hcm)
			if hcm.GetUseRemoteAddress().GetValue() && hcm.GetXffNumTrustedHops() == 0 {
				e.scheme = "http"
				if chain.GetTransportSocket() != nil {
					e.scheme = "https"
				}
			}
			e.call = callInto(l, chain)
			out = append(out, e)
		}
	}
	return out
}

// normalPaths are the paths that a connection manager lets through to its routes.
func normalPaths(hcm *hcmv3.HttpConnectionManager) []side {
	var out []side
	if hcm.GetNormalizePath().GetValue() {
		out = append(out, side{dotSegments, true})
	}
	if hcm.GetMergeSlashes() {
		out = append(out, side{doubledSlash, true})
	}
	return out
}

// tablesDiffer reports whether two route tables may differ.
func (c *comparison) tablesDiffer(before, after string) bool {
	a, b := c.old.resources.Route(before), c.new.resources.Route(after)
	if a == nil || b == nil || c.untouched.none {
		return c.old.table(before) != c.new.table(after)
	}
	return !c.untouched.same(a, b)
}

// table compares a route table host by host.
func (c *comparison) table(e entry) {
	name := e.table
	a, b := c.old.resources.Route(e.before), c.new.resources.Route(name)
	if a == nil || b == nil {
		if e.shown {
			return
		}
		c.doubt(Undecided{Region: Region{Table: name}, Why: Unshown, What: "route table " + name})
		return
	}
	old, new := newTable(c.old.normalizer, c.old.rules, a), newTable(c.new.normalizer, c.new.rules, b)
	old.scheme, new.scheme = e.scheme, e.scheme
	framed := c.untouched.same(without(a, "name", "virtual_hosts"), without(b, "name", "virtual_hosts"))
	for _, cell := range cells(old, new) {
		switch {
		case framed && cell.old != nil && cell.new != nil && c.untouched.same(cell.old, cell.new):
		case old.list(cell.old).rest[0] == new.list(cell.new).rest[0]:
		case c.over():
			c.doubt(Undecided{Region: Region{Table: name, Hosts: cell.hosts, Port: e.call.Port}, Why: Bound})
		default:
			c.cell(e, cell, old, new)
		}
	}
}

// cell walks the routes of two virtual hosts that serve the same hosts.
func (c *comparison) cell(e entry, at *cell, a, b *table) {
	old, new := a.list(at.old), b.list(at.new)
	where := func(r region) Region {
		return Region{Table: e.table, Hosts: at.hosts, Port: e.call.Port, Conditions: r.conditions()}
	}
	w := &walk{old: old, new: new, pairs: map[[2]int]*pair{}, over: c.over, region: c.search.region}
	w.try = func(r region, parts map[string]value) *Change {
		base := e.call
		if base.TLS != "" && strings.HasPrefix(base.SNI, "any") {
			base.SNI = at.example
		}
		base.Proxy = c.proxy
		ch := c.askAny(ways(base, parts, at, authority(a, b, at, base.Port)))
		if ch != nil {
			ch.Region = where(r)
		}
		return ch
	}
	w.visit(node{region: region{hosts: at.language(), example: at.example, paths: e.paths, scheme: e.scheme, left: &c.steps}})
	for _, key := range w.order {
		switch p := w.pairs[key]; {
		case p.change != nil:
			c.result.Changes = append(c.result.Changes, *p.change)
		default:
			c.doubt(Undecided{Region: where(p.region), Why: p.doubt})
		}
	}
	if w.cut != nil {
		c.doubt(Undecided{Region: where(*w.cut), Why: Bound})
	}
}
