package simulate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/envoy"
)

// A run is one call on its way through one proxy.
type run struct {
	engine *Engine
	call   *Call
	conn   connection
	req    *request // the HTTP request, nil where the proxy does not read one
	out    *Trace
	hop    *Hop // the only one of the trace

	decrypted bool            // the proxy terminated the client's TLS
	tunnelled bool            // the bytes travel inside a request to the upstream
	peer      string          // the identity that the client proved, "" without one
	ask       string          // the host and port that the proxy itself is to resolve, for a dynamic cluster
	fractions map[*route]bool // routes with a runtime fraction: whether it takes the request

	// What the call comes to, for the summary and the warnings.
	listener  *listener  // what accepted the connection
	via       *cluster   // the cluster that is followed
	ends      []endpoint // its endpoints
	leaving   *request   // the HTTP request as it leaves
	followed  envoy.Addr // the route that is followed
	idleFault bool       // the route has a fault that never fires
	matched   *route     // the route that takes the request
	sentPath  string     // the path that it took
}

// An outcome is how a call ends at a proxy.
type outcome struct {
	verdict Verdict
	status  int    // the proxy's own answer, 0 where it gives none
	flags   string // Envoy's response flags
	err     string // the hop's error, in the words of the trace document
	details string // Envoy's response code details
	body    string // of the proxy's own answer, where it has one
	reason  string // why, in a user's words
}

// Trace says what becomes of a call. It always answers; a call that makes no sense has the verdict UNSUPPORTED, with
// the reason as its summary.
func (e *Engine) Trace(call Call) *Trace { return e.run(call).out }

func (e *Engine) run(call Call) *run {
	r := &run{engine: e}
	normal, err := call.Normal()
	r.start(normal)
	if err != nil {
		r.finish(outcome{verdict: Unsupported, err: errCall, reason: err.Error()})
		return r
	}
	r.finish(r.accept())
	return r
}

func (r *run) start(call Call) {
	r.out = &Trace{
		APIVersion: "sem/v1", Kind: "Trace", ID: call.ID, Call: call,
		Hops:        []Hop{{Proxy: call.Proxy, Direction: call.Direction, Steps: make([]Step, 0, usualSteps)}},
		NotModelled: []string{}, Warnings: []Warning{},
	}
	r.hop, r.call = &r.out.Hops[0], &r.out.Call
	r.conn = newConnection(r.call)
	r.hop.Authority = cmp.Or(r.conn.sni, r.call.target().authority)
}

// usualSteps is how many decisions most calls take.
const usualSteps = 12

// accept takes the connection: a listener, its filter chain, the handshake; then the chain reads it.
func (r *run) accept() outcome {
	l, because := r.listen()
	if l == nil {
		reason := r.missing()
		r.step("listener", "none", reason)
		r.why(func() []Candidate { return r.rejectedListeners(nil) })
		return outcome{verdict: NoListener, err: "no listener matched", reason: reason}
	}
	r.listener, r.hop.Listener = l, l.name
	r.step("listener", l.name, because, at(l.addr))
	r.why(func() []Candidate { return r.rejectedListeners(l) })
	r.passes(l.unread)
	seen := l.inspect(&r.conn)
	c := l.chain(&r.conn, &seen)
	if c == nil {
		r.step("filterChain", "none", "no filter chain matches "+seen.words()+l.nearChain(&seen), at(l.addr))
		r.why(func() []Candidate { return r.rejectedChains(l, &seen, nil) })
		return outcome{verdict: NoFilterChain, flags: "NR", err: "no filter chains matched", reason: "no filter chain of the listener takes " + seen.words()}
	}
	r.hop.FilterChain = c.name
	r.passes(c.unread)
	r.step("filterChain", c.label, r.chainBecause(l, c, &seen), part(c.addr, "match"), at(c.addr))
	r.owed(part(c.addr, "listener"), "listener")
	r.why(func() []Candidate { return r.rejectedChains(l, &seen, c) })
	if o := r.handshake(c); o != nil {
		return *o
	}
	return r.read(c)
}

// handshake decrypts the connection where the chain does that.
func (r *run) handshake(c *chain) *outcome {
	if c.tls == nil {
		return nil
	}
	if kind, why := c.tls.refuses(&r.conn); kind != "" {
		r.step("tls", "refused", why, part(c.addr, "tls"))
		refused := outcome{verdict: TLSMismatch, err: kind, reason: why}
		r.ahead(c.ahead(), refused)
		return &refused
	}
	r.decrypted = true
	if c.tls.asks {
		r.peer = r.conn.principal
	}
	r.step("tls", "terminated", c.tls.words(r.peer), part(c.addr, "tls"))
	return nil
}

// ahead notes the cluster that was chosen for a call which then ends before anything goes there.
func (r *run) ahead(targets []weighted, end outcome) {
	var ways []way
	for _, t := range targets {
		ways = append(ways, way{name: t.name(r.req), share: t.share, outcome: end})
	}
	if len(ways) > 0 {
		r.hop.Cluster = r.choose(ways).name
	}
}

// opaqueTLS says whether the bytes that the chain reads are the application's own TLS.
func (r *run) opaqueTLS() bool { return r.conn.tls && !r.decrypted }

// read runs the network filters. A denial ends the connection but not before its destination is known.
func (r *run) read(c *chain) outcome {
	var denied *outcome
	sniCluster := false
	for i := range c.filters {
		f := &c.filters[i]
		switch {
		case f.authorizes():
			if denied == nil {
				denied = r.admit(f.rbac, c.addr)
			}
		case f.namesCluster():
			sniCluster = true
		case f.addresser():
			r.ask = f.asks(strings.ToLower(r.conn.sni))
		case f.tcp != nil:
			return firstOf(denied, r.tcp(f.tcp, sniCluster, c.addr))
		case f.http != nil:
			return firstOf(denied, r.http(f.http, c.addr))
		default:
			r.notModelled(f.name, f.kind)
		}
	}
	return outcome{verdict: Unsupported, err: "no terminal filter", reason: "the filter chain ends in a filter that sem does not model"}
}

// firstOf is the denial, where there is one.
func firstOf(denied *outcome, o outcome) outcome {
	if denied != nil {
		return *denied
	}
	return o
}

// admit asks the rules of a network filter.
func (r *run) admit(rules *rbac, of envoy.Addr) *outcome {
	ok, policy := rules.allows(&subject{conn: &r.conn, peer: r.peer, tls: r.decrypted, from: r.conn.source.Addr()})
	r.authorization(rules, ok, policy, of)
	if ok {
		return nil
	}
	return &outcome{verdict: Denied, details: deniedBy(policy), err: "denied", reason: deniedReason(policy)}
}

// foreign notes a part of the configuration whose effect sem does not foretell.
func (r *run) foreign(what string) { r.out.NotModelled = appendNew(r.out.NotModelled, what) }

// notModelled notes a filter whose effect sem does not foretell.
func (r *run) notModelled(name, kind string) {
	if bystanders[kind] || kind == "" && name == "" {
		return
	}
	what := name
	if kind != "" {
		what += " (" + lastWord(kind) + ")"
	}
	r.foreign(what)
}

func appendNew(list []string, s string) []string {
	if anyOf(list, func(t string) bool { return t == s }) {
		return list
	}
	return append(list, s)
}

// step records a decision and where it comes from.
func (r *run) step(stage, chose, because string, spots ...spot) {
	r.hop.Steps = append(r.hop.Steps, Step{Stage: stage, Chose: chose, Because: because, Origins: r.engine.origins(spots...)})
}

// owed puts the places behind earlier stages right once it is known which service the call is for: many share a listener,
// and it is that service's port for which this one is there.
func (r *run) owed(to spot, stages ...string) {
	places := r.engine.origins(to)
	for i, s := range r.hop.Steps {
		if len(places) > 0 && slices.Contains(stages, s.Stage) {
			r.hop.Steps[i].Origins = places
			if s.Stage == "listener" && r.call.Direction == "outbound" {
				r.hop.Steps[i].Because = fmt.Sprintf("port %d of %s %s/%s", r.conn.destination.Port(), places[0].Kind, places[0].Namespace, places[0].Name)
			}
		}
	}
}

// why adds to the last step what was rejected, where that was asked for.
func (r *run) why(rejected func() []Candidate) {
	if r.engine.why {
		r.hop.Steps[len(r.hop.Steps)-1].Rejected = rejected()
	}
}
