package hcm

import (
	"maps"
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	mutationv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/header_mutation/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
	"sem.example/simulate/internal/route"
)

// mutate runs a header mutation filter: first its own operations, then those that route, virtual host and table have for it,
// in this order unless the most specific is to be the last.
func mutate(x *Stream, f *httpFilter, m *mutationv3.HeaderMutation) {
	all := []*mutationv3.Mutations{m.GetMutations()}
	levels := route.EveryPerRoute[*mutationv3.HeaderMutationPerRoute](x.Route, f.name)
	if m.GetMostSpecificHeaderMutationsWins() {
		slices.Reverse(levels)
	}
	for _, p := range levels {
		all = append(all, p.GetMutations())
	}
	var answers []route.HeaderLevel
	for _, m := range all {
		x.edit(f, route.NewMutations(m.GetRequestMutations()))
		x.Req.Path = withParameters(x.Req.Path, m.GetQueryParameterMutations())
		answers = append(answers, route.NewMutations(m.GetResponseMutations())...)
	}
	x.answers = append(answers, x.answers...)
}

// edit changes the headers of the request before it is forwarded. Envoy refuses operations on what is no header but a part of
// the first line.
func (x *Stream) edit(f *httpFilter, levels []route.HeaderLevel) {
	if len(levels) == 0 {
		return
	}
	x.Req.Headers = maps.Clone(x.Req.Headers)
	change := route.Apply(levels, x.Req.Headers)
	for _, name := range change.Remove {
		x.edits.Remove(name)
	}
	for name, value := range change.Set {
		x.edits.Set(name, value)
	}
	for name, value := range change.Add {
		x.edits.Append(name, value)
	}
	x.Step("headers", "", decision.HeadersMutated{Change: *change}, x.filterAt(f))
}

// withParameters is a path after operations on its query parameters.
func withParameters(path string, mutations []*corev3.KeyValueMutation) string {
	if len(mutations) == 0 {
		return path
	}
	q := request.NewQuery(path)
	for _, m := range mutations {
		if name := m.GetRemove(); name != "" {
			q.Remove(name)
		}
		key, value := parameter(m.GetAppend())
		if key == "" {
			continue
		}
		switch exists := q.Has(key); m.GetAppend().GetAction() {
		case corev3.KeyValueAppend_APPEND_IF_EXISTS_OR_ADD:
			q.Add(key, value)
		case corev3.KeyValueAppend_ADD_IF_ABSENT:
			if !exists {
				q.Add(key, value)
			}
		case corev3.KeyValueAppend_OVERWRITE_IF_EXISTS:
			if exists {
				q.Set(key, value)
			}
		default:
			q.Set(key, value)
		}
	}
	return q.Path()
}

// parameter is the key and value of an operation, in its newer or its older form.
func parameter(a *corev3.KeyValueAppend) (key, value string) {
	if r := a.GetRecord(); r != nil {
		return r.GetKey(), r.GetValue().GetStringValue()
	}
	return a.GetEntry().GetKey(), string(a.GetEntry().GetValue())
}
