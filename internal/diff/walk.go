package diff

import "sem.example/simulate"

// A rule is a route: what it demands, and the digest of what it does.
type rule struct {
	conditions []*condition
	outcome    digest
	key        digest // of both
}

// A list is the routes of a virtual host, of which the first that a request meets decides.
type list struct {
	rules []rule
	rest  []digest       // for each rule, of the list from there on; the last is of its end
	last  map[digest]int // of a rule's key, where it stands last
	end   digest         // of what happens to requests that no rule takes
}

func newList(rules []rule, end digest) *list {
	l := &list{rules: rules, rest: make([]digest, len(rules)+1), last: map[digest]int{}, end: end}
	l.rest[len(rules)] = end
	for i := range rules {
		l.last[rules[i].key] = i
	}
	for i := len(rules) - 1; i >= 0; i-- {
		l.rest[i] = digestOf([]digest{rules[i].key, l.rest[i+1]})
	}
	return l
}

// outcome is what the rule at a place does; of the place behind the last, what happens to the others.
func (l *list) outcome(i int) digest {
	if i == len(l.rules) {
		return l.end
	}
	return l.rules[i].outcome
}

// The bounds of the work on two lists.
const (
	maxNodes     = 20_000 // partial requests that are looked at
	maxTests     = 2_000  // conditions that a set of requests meets or not
	maxWitnesses = 4      // requests that are tried for a pair of routes, where the answers to the first are the same
)

// A walk goes through two lists together.
type walk struct {
	old, new *list
	nodes    int
	pairs    map[[2]int]*pair
	order    [][2]int
	cut      *region     // where the bound cut off the work
	over     func() bool // reports whether the comparison has reached a limit
	region   func() bool // takes a pair from what the search may look for, and reports whether it may
	try      func(region, map[string]value) *Change
}

// A pair is an old and a new route that some request may take.
type pair struct {
	change *Change
	region region
	tried  int
	doubt  Doubt // "" where a request was tried
}

// A node is a set of requests together with the places in both lists that they are known to come to.
type node struct {
	region
	old, new int
	skipped  []rule // that the requests must not meet, each of which both sides have
}

// go through the requests of a node.
func (w *walk) visit(n node) {
	for {
		if w.nodes++; w.nodes > maxNodes || len(n.tests) > maxTests || w.over() {
			w.cutOff(n.region)
			return
		}
		if w.old.rest[n.old] == w.new.rest[n.new] {
			return
		}
		oldState, oldAsks := w.at(w.old, n.old, n.region)
		newState, newAsks := w.at(w.new, n.new, n.region)
		switch {
		case oldState == fails:
			n.old++
		case newState == fails:
			n.new++
		case oldState == takes && newState == takes:
			w.leaf(n)
			return
		case w.same(n):
			n.skipped = append(n.skipped[:len(n.skipped):len(n.skipped)], w.old.rules[n.old])
			n.old, n.new = n.old+1, n.new+1
		default:
			c := oldAsks
			if c == nil || newAsks != nil && w.comesLater(n) {
				c = newAsks
			}
			w.branch(n, c)
			return
		}
	}
}

// same reports whether both sides are at the same rule, and no request is known to meet it.
func (w *walk) same(n node) bool {
	return n.old < len(w.old.rules) && n.new < len(w.new.rules) && w.old.rules[n.old].key == w.new.rules[n.new].key
}

// comesLater reports whether the new list has the old rule further down: then the new rules before it are asked first.
func (w *walk) comesLater(n node) bool {
	if n.old == len(w.old.rules) {
		return false
	}
	last, ok := w.new.last[w.old.rules[n.old].key]
	return ok && last >= n.new
}

// What the requests of a region make of a rule.
type state int

const (
	asks state = iota // some meet it, or that is not known
	takes
	fails
)

// at tells what the requests of a region make of the rule at a place, and the first condition that decides.
func (w *walk) at(l *list, i int, r region) (state, *condition) {
	if i == len(l.rules) {
		return takes, nil
	}
	var first *condition
	for _, c := range l.rules[i].conditions {
		met, known := r.known(c)
		switch {
		case known && !met:
			return fails, nil
		case !known && first == nil:
			first = c
		}
	}
	if first == nil {
		return takes, nil
	}
	return asks, first
}

// branch goes on with those requests that meet a condition and with those that do not.
func (w *walk) branch(n node, c *condition) {
	for _, met := range []bool{true, false} {
		next := n
		next.region = n.with(c, met)
		if _, found := next.find(c.about); found != none {
			w.visit(next)
		}
	}
}

// leaf looks for a request that takes a pair of routes that do different things.
func (w *walk) leaf(n node) {
	if w.old.outcome(n.old) == w.new.outcome(n.new) {
		return
	}
	key := [2]int{n.old, n.new}
	p := w.pairs[key]
	if p != nil && (p.change != nil || p.tried >= maxWitnesses) {
		return
	}
	if p == nil && !w.region() {
		w.cutOff(n.region)
		return
	}
	found, sure := w.avoid(n.region, n.skipped)
	if sure == none {
		return
	}
	if p == nil {
		p = &pair{region: n.region}
		w.pairs[key], w.order = p, append(w.order, key)
	}
	p.tried++
	if sure == unknown {
		p.doubt = Bound
		return
	}
	p.change = w.try(n.region, values(found))
	if other, ok := found.otherPath(); ok && p.change == nil {
		p.change = w.try(n.region, values(other)) // two rewrites may make the same of a path
	}
	if p.change == nil {
		p.doubt = Unshown
		if hasOpaque(found) {
			p.doubt = Unmodelled
		}
	}
}

func hasOpaque(r region) bool {
	for _, t := range r.tests {
		if t.opaque {
			return true
		}
	}
	return false
}

// avoid narrows a region to requests that meet no rule of a list.
func (w *walk) avoid(r region, rules []rule) (region, existence) {
	if w.nodes++; w.nodes > maxNodes || len(r.tests) > maxTests || w.over() {
		return r, unknown
	}
	if len(rules) == 0 {
		return r, exists
	}
	if s, _ := w.at(&list{rules: rules}, 0, r); s == fails {
		return w.avoid(r, rules[1:])
	}
	result := none
	for _, c := range rules[0].conditions {
		if _, known := r.known(c); known {
			continue
		}
		next := r.with(c, false)
		_, found := next.find(c.about)
		if found == none {
			continue
		}
		if narrowed, sure := w.avoid(next, rules[1:]); sure == exists && found == exists {
			return narrowed, exists
		} else if sure != none {
			result = unknown
		}
	}
	return r, result
}

func (w *walk) cutOff(r region) {
	if w.cut == nil {
		w.cut = &r
	}
}

// values are the parts of a request of a region.
func values(r region) map[string]value {
	out := map[string]value{}
	for _, t := range append(r.tests, test{condition: &condition{about: aboutPath}}) {
		if _, done := out[t.about]; !done && !t.opaque {
			out[t.about], _ = r.find(t.about)
		}
	}
	return out
}

// write turns the parts of a request into a call.
func write(c simulate.Call, parts map[string]value, authority string) simulate.Call {
	c.Headers = map[string][]string{}
	path, query, host := "/", "", authority
	for _, about := range sortedKeys(parts) {
		v := parts[about]
		if v.absent {
			continue
		}
		switch {
		case about == aboutPath:
			path = v.text
		case about == "header :method":
			c.Method = v.text
		case about == "header :authority":
			host = v.text
		case about == aboutScheme:
			if v.text != schemeOf(c) {
				c.Headers["x-forwarded-proto"] = []string{v.text}
			}
		default:
			query = writeNamed(&c, about, v.text, query)
		}
	}
	c.URL = schemeOf(c) + "://" + host + path + query
	return c
}

// schemeOf is the scheme of a call by its connection.
func schemeOf(c simulate.Call) string {
	if c.TLS != "" && c.TLS != "plaintext" {
		return "https"
	}
	return "http"
}
