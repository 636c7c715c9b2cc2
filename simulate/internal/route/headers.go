package route

import (
	"maps"
	"slices"
	"strings"

	mutationv3 "github.com/envoyproxy/go-control-plane/envoy/config/common/mutation_rules/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/request"
)

// A HeaderLevel is the header operations of one place: first it removes, then it adds.
type HeaderLevel struct {
	remove  []string
	removes *match.Text // those of a matching name too
	add     []headerOp
}

type headerOp struct {
	name, value string
	action      corev3.HeaderValueOption_HeaderAppendAction
}

// A HeaderOperations is the operations on request and response in the order in which Envoy applies them: those of a weighted
// cluster, the route, the virtual host and the table, so that the most general wins, or the reverse where the table
// says that the most specific wins.
type HeaderOperations struct{ Request, Response []HeaderLevel }

func newHeaderOperations(c *routev3.RouteConfiguration, v *routev3.VirtualHost, p *routev3.Route, w *routev3.WeightedCluster_ClusterWeight) HeaderOperations {
	type owner interface {
		GetRequestHeadersToAdd() []*corev3.HeaderValueOption
		GetRequestHeadersToRemove() []string
		GetResponseHeadersToAdd() []*corev3.HeaderValueOption
		GetResponseHeadersToRemove() []string
	}
	var plan HeaderOperations
	for _, o := range []owner{w, p, v, c} {
		plan.Request = append(plan.Request, newHeaderLevel(o.GetRequestHeadersToAdd(), o.GetRequestHeadersToRemove()))
		plan.Response = append(plan.Response, newHeaderLevel(o.GetResponseHeadersToAdd(), o.GetResponseHeadersToRemove()))
	}
	plan.Request, plan.Response = slices.DeleteFunc(plan.Request, empty), slices.DeleteFunc(plan.Response, empty)
	if c.GetMostSpecificHeaderMutationsWins() {
		slices.Reverse(plan.Request)
		slices.Reverse(plan.Response)
	}
	return plan
}

func empty(l HeaderLevel) bool { return len(l.remove)+len(l.add) == 0 }

// NewMutations compiles header operations that are applied one after the other.
func NewMutations(list []*mutationv3.HeaderMutation) []HeaderLevel {
	var out []HeaderLevel
	for _, m := range list {
		switch action := m.GetAction().(type) {
		case *mutationv3.HeaderMutation_Remove:
			out = append(out, newHeaderLevel(nil, []string{action.Remove}))
		case *mutationv3.HeaderMutation_Append:
			out = append(out, newHeaderLevel([]*corev3.HeaderValueOption{action.Append}, nil))
		case *mutationv3.HeaderMutation_RemoveOnMatch_:
			name := match.NewText(action.RemoveOnMatch.GetKeyMatcher())
			out = append(out, HeaderLevel{removes: &name})
		}
	}
	return slices.DeleteFunc(out, func(l HeaderLevel) bool { return empty(l) && l.removes == nil })
}

func newHeaderLevel(add []*corev3.HeaderValueOption, remove []string) HeaderLevel {
	var l HeaderLevel
	for _, name := range remove {
		l.remove = append(l.remove, strings.ToLower(name))
	}
	for _, h := range add {
		value := h.GetHeader().GetValue()
		if value == "" {
			value = string(h.GetHeader().GetRawValue())
		}
		if value == "" && !h.GetKeepEmptyValue() {
			continue
		}
		l.add = append(l.add, headerOp{strings.ToLower(h.GetHeader().GetKey()), value, appendAction(h)})
	}
	return l
}

// appendAction is what happens to a header that exists already; the deprecated flag is read where it is set.
func appendAction(h *corev3.HeaderValueOption) corev3.HeaderValueOption_HeaderAppendAction {
	if legacy := h.GetAppend(); legacy != nil && !legacy.GetValue() {
		return corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD
	}
	return h.GetAppendAction()
}

// A mutation applies operations to headers and keeps what they come to.
type mutation struct {
	headers map[string][]string
	change  decision.HeaderChange
}

// Apply runs the levels over headers, which it changes, and returns the net effect, or nil where there is none.
func Apply(levels []HeaderLevel, headers map[string][]string) *decision.HeaderChange {
	if len(levels) == 0 {
		return nil
	}
	m := mutation{headers: headers}
	for _, l := range levels {
		for _, name := range l.remove {
			m.remove(name)
		}
		for _, name := range m.matching(l.removes) {
			m.remove(name)
		}
		for _, op := range l.add {
			m.add(op)
		}
	}
	return &m.change
}

// matching are the names of the headers whose name meets a test.
func (m *mutation) matching(test *match.Text) []string {
	if test == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(m.headers)), func(name string) bool { return !test.Test(name) })
}

func (m *mutation) remove(name string) {
	delete(m.headers, name)
	delete(m.change.Set, name)
	delete(m.change.Add, name)
	if !slices.Contains(m.change.Remove, name) {
		m.change.Remove = append(m.change.Remove, name)
	}
}

func (m *mutation) add(op headerOp) {
	_, exists := m.headers[op.name]
	switch op.action {
	case corev3.HeaderValueOption_ADD_IF_ABSENT:
		if exists {
			return
		}
	case corev3.HeaderValueOption_OVERWRITE_IF_EXISTS:
		if !exists {
			return
		}
	}
	appends := op.action == corev3.HeaderValueOption_APPEND_IF_EXISTS_OR_ADD
	m.record(op, appends)
	if appends {
		m.headers[op.name] = append(slices.Clone(m.headers[op.name]), op.value)
		return
	}
	m.headers[op.name] = []string{op.value}
}

// record notes an operation: a header that was removed before and is added again has been set.
func (m *mutation) record(op headerOp, appends bool) {
	removed := slices.Contains(m.change.Remove, op.name)
	if removed {
		m.change.Remove = slices.DeleteFunc(m.change.Remove, func(name string) bool { return name == op.name })
	}
	before, was := m.change.Set[op.name]
	switch {
	case appends && was:
		request.Put(&m.change.Set, op.name, before+","+op.value)
	case appends && !removed:
		if before, was := m.change.Add[op.name]; was {
			op.value = before + "," + op.value
		}
		request.Put(&m.change.Add, op.name, op.value)
	default:
		delete(m.change.Add, op.name)
		request.Put(&m.change.Set, op.name, op.value)
	}
}
