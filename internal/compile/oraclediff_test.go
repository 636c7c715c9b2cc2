package compile

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// What only observes traffic, or only names a resource, is left out of the comparison.
var (
	observers = []string{"istio.metadata_exchange", "istio.stats", "envoy.filters.http.grpc_stats",
		"envoy.filters.network.metadata_exchange", "istio.peer_metadata", "istio_authn"}
	ignored = strings.Fields(`statPrefix altStatName decorator accessLog tracing validateClusters requestIdExtension sdsConfig
		configSource edsConfig initialFetchTimeout bindToPort perConnectionBufferLimitBytes maxConnectionsToAcceptPerSocketEvent
		listenerFiltersTimeout continueOnListenerFiltersTimeout transportSocketConnectTimeout respectDnsTtl dnsJitter
		maxDirectResponseBodySizeBytes forwardClientCertDetails setCurrentClientCertDetails serverName useRemoteAddress
		generateRequestId xffNumTrustedHops suppressEnvoyHeaders enableReusePort enableMptcp tcpBacklogSize customTags`)
	deciding  = []string{"envoy.transport_socket_match", "envoy.lb"} // metadata
	unordered = []string{"domains", "lbEndpoints", "alpnProtocols", "cipherSuites", "matchSubjectAltNames", "serverNames", "prefixRanges"}
	durations = regexp.MustCompile(`^\d+(\.\d+)?s$`)
)

type difference struct {
	name  string
	lines []string
}

// compareKind pairs the resources of two lists by name.
func compareKind(kind string, got, want []any) []difference {
	g, w := byName(kind, got), byName(kind, want)
	names := maps.Clone(g)
	maps.Copy(names, w)
	var out []difference
	for _, name := range slices.Sorted(maps.Keys(names)) {
		d := difference{name: name}
		switch {
		case g[name] == nil:
			d.lines = []string{": missing"}
		case w[name] == nil:
			d.lines = []string{": istiod has none"}
		default:
			diff(g[name], w[name], "", &d.lines)
		}
		out = append(out, d)
	}
	return out
}

func byName(kind string, list []any) map[string]any {
	out := map[string]any{}
	for _, v := range list {
		out[nameOf(v)] = clean(v, kind)
	}
	return out
}

func nameOf(v any) string {
	m, _ := v.(map[string]any)
	for _, key := range []string{"name", "clusterName"} {
		if s, ok := m[key].(string); ok {
			return s
		}
	}
	return ""
}

func clean(v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		return cleanMap(v)
	case []any:
		return cleanList(v, key)
	case string:
		if n, err := strconv.ParseFloat(v, 64); err == nil && !strings.ContainsAny(v, ".eExXnN") {
			return n
		}
		if durations.MatchString(v) {
			f, _ := strconv.ParseFloat(strings.TrimSuffix(v, "s"), 64)
			return strconv.FormatFloat(f, 'g', 6, 64) + "s"
		}
	}
	return v
}

func cleanMap(m map[string]any) map[string]any {
	out := map[string]any{}
	for k, x := range m {
		if slices.Contains(ignored, k) {
			continue
		}
		if k == "metadata" {
			x = decidingMetadata(x)
		} else {
			x = clean(x, k)
		}
		if list, ok := x.([]any); ok && len(list) == 0 && k != "filters" || x == nil || x == "" || x == false || x == 0.0 {
			continue
		}
		out[k] = x
	}
	return out
}

func decidingMetadata(v any) any {
	m, _ := v.(map[string]any)
	all, _ := m["filterMetadata"].(map[string]any)
	kept := map[string]any{}
	for _, name := range deciding {
		if x, ok := all[name]; ok {
			kept[name] = x
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}

func cleanList(list []any, key string) []any {
	out := []any{}
	for _, x := range list {
		if m, ok := x.(map[string]any); ok && slices.Contains(observers, fmt.Sprint(m["name"])) {
			continue
		}
		out = append(out, clean(x, key))
	}
	order := func(v any) string { return "" }
	switch {
	case slices.Contains(unordered, key):
		order = text
	case key == "filterChains":
		order = func(v any) string {
			m, _ := v.(map[string]any)
			return text([]any{m["name"], m["filterChainMatch"]})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return order(out[i]) < order(out[j]) })
	return out
}

func text(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}

func diff(got, want any, path string, out *[]string) {
	g, gm := got.(map[string]any)
	w, wm := want.(map[string]any)
	if gm && wm {
		keys := maps.Clone(g)
		maps.Copy(keys, w)
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			diff(g[k], w[k], path+"."+k, out)
		}
		return
	}
	gl, gok := got.([]any)
	wl, wok := want.([]any)
	if gok && wok && len(gl) == len(wl) {
		for i := range gl {
			diff(gl[i], wl[i], fmt.Sprintf("%s[%d]", path, i), out)
		}
		return
	}
	if !reflect.DeepEqual(got, want) {
		*out = append(*out, fmt.Sprintf("%s: got %.160s, want %.160s", path, text(got), text(want)))
	}
}
