package diff

import (
	"fmt"
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"sem.example/internal/envoy"
)

// invisible are the fields that no request shows.
var invisible = []string{"statPrefix", "decorator", "accessLog", "tracing", "altStatName"}

// reduce takes from a message, as JSON, what no request shows of it. It changes the value in place.
func (n *normalizer) reduce(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = n.reduce(v[i])
		}
	case map[string]any:
		for _, name := range invisible {
			delete(v, name)
		}
		reduceMetadata(v)
		reduceNames(v)
		reduceDefaults(v)
		reduceLogging(v)
		n.reduceWritten(v)
		n.reduceNotFound(v)
		n.reduceReferences(v)
		for name := range v {
			v[name] = n.reduce(v[name])
		}
		reducePolicies(v)
		reduceWeights(v)
	}
	return v
}

// reduceDefaults takes away what says the default: paths are compared with regard to case, an empty path redirects to the same one, and
// the address of a client is not that of its connection.
func reduceDefaults(v map[string]any) {
	if v["useRemoteAddress"] == false {
		delete(v, "useRemoteAddress")
	}
	if v["caseSensitive"] == true {
		delete(v, "caseSensitive")
	}
	if v["pathRedirect"] == "" {
		delete(v, "pathRedirect")
	}
}

// reduceNames takes the names of a route table within a listener away, of its virtual hosts and of their routes.
func reduceNames(v map[string]any) {
	hosts, ok := v["virtualHosts"].([]any)
	if !ok {
		return
	}
	delete(v, "name")
	for _, h := range hosts {
		h, _ := h.(map[string]any)
		delete(h, "name")
		routes, _ := h["routes"].([]any)
		for _, r := range routes {
			r, _ := r.(map[string]any)
			delete(r, "name")
		}
	}
}

// reduceWritten takes away what a route does to headers of the response that the connection manager writes after it: the date, and
// the name of the server.
func (n *normalizer) reduceWritten(v map[string]any) {
	drop := func(name string) bool { return name == "date" || name == "server" && n.overwrites() }
	if removed, ok := v["responseHeadersToRemove"].([]any); ok {
		removed = slices.DeleteFunc(removed, func(name any) bool { return drop(strings.ToLower(stringOf(name))) })
		if v["responseHeadersToRemove"] = removed; len(removed) == 0 {
			delete(v, "responseHeadersToRemove")
		}
	}
}

// overwriteServer reports whether each connection manager writes its own name into responses.
func overwriteServer(listeners []*listenerv3.Listener) bool {
	for _, l := range listeners {
		for _, chain := range append(slices.Clone(l.GetFilterChains()), l.GetDefaultFilterChain()) {
			for _, f := range chain.GetFilters() {
				manager := &hcmv3.HttpConnectionManager{}
				if f.GetTypedConfig().UnmarshalTo(manager) == nil && manager.GetServerHeaderTransformation() != hcmv3.HttpConnectionManager_OVERWRITE {
					return false
				}
			}
		}
	}
	return true
}

// reduceNotFound takes away how a route answers if its cluster does not exist, where all of its clusters do.
func (n *normalizer) reduceNotFound(v map[string]any) {
	if _, ok := v["clusterNotFoundResponseCode"]; ok && len(clusterNames(v)) > 0 && !slices.ContainsFunc(clusterNames(v), n.missing) {
		delete(v, "clusterNotFoundResponseCode")
	}
}

// missing reports whether a proxy has no cluster of a name: it was not sent, or Envoy rejects it.
func (n *normalizer) missing(cluster string) bool {
	missing, known := n.absent[cluster]
	if !known {
		c := n.resources.Cluster(cluster)
		missing = c == nil || envoy.ClusterRefusal(c) != ""
		n.absent[cluster] = missing
	}
	return missing
}

// clusterNames are the clusters that the action of a route names.
func clusterNames(v map[string]any) []string {
	var names []string
	if name, ok := v["cluster"].(string); ok {
		names = append(names, name)
	}
	if weighted, ok := v["weightedClusters"].(map[string]any); ok {
		clusters, _ := weighted["clusters"].([]any)
		for _, c := range clusters {
			c, _ := c.(map[string]any)
			name, _ := c["name"].(string)
			names = append(names, name)
		}
	}
	return names
}

// reduceLogging takes rules of access control away that only log what they match.
func reduceLogging(v map[string]any) {
	delete(v, "shadowRules")
	delete(v, "shadowRulesStatPrefix")
	if rules, ok := v["rules"].(map[string]any); ok && rules["action"] == "LOG" {
		delete(v, "rules")
	}
}

// reduceMetadata takes what Istio notes about an object away; what load balancing and TLS read stays.
func reduceMetadata(v map[string]any) {
	m, ok := v["metadata"].(map[string]any)
	if !ok {
		return
	}
	filters, ok := m["filterMetadata"].(map[string]any)
	if !ok {
		return
	}
	delete(filters, "istio")
	if len(filters) == 0 {
		delete(v, "metadata")
	}
}

// reduceReferences puts the digest of what is named in the place of a name.
func (n *normalizer) reduceReferences(v map[string]any) {
	if name, ok := v["cluster"].(string); ok {
		v["cluster"] = n.refer(name)
	}
	if weighted, ok := v["weightedClusters"].(map[string]any); ok {
		clusters, _ := weighted["clusters"].([]any)
		for _, c := range clusters {
			c := c.(map[string]any)
			name, _ := c["name"].(string)
			c["name"] = n.refer(name)
		}
	}
	if _, ok := v["sdsConfig"]; ok {
		if name, ok := strings.CutPrefix(stringOf(v["name"]), "kubernetes://"); ok && !strings.Contains(name, "/") {
			v["name"] = "kubernetes-gateway://" + n.namespace + "/" + name // one Secret, by two names
		}
	}
	if rds, ok := v["rds"].(map[string]any); ok && !n.named && !n.plain {
		name, _ := rds["routeConfigName"].(string)
		v["rds"] = string(n.table(name))
	}
	if _, ok := v["clusterHeader"]; !n.plain && (ok || v["name"] == "envoy.filters.network.sni_cluster") {
		v["anyCluster"] = string(n.all())
	}
}

// refer is what stands for a cluster where it is named.
func (n *normalizer) refer(name string) string {
	if n.plain {
		return hostOf(name)
	}
	return string(n.cluster(name))
}

// reducePolicies takes the names of the policies of access control away.
func reducePolicies(v map[string]any) {
	policies, ok := v["policies"].(map[string]any)
	if !ok {
		return
	}
	var all []string
	for _, p := range policies {
		if p, ok := p.(map[string]any); ok && (text(p["permissions"]) == `[{"notRule":{"any":true}}]` || text(p["principals"]) == `[{"notId":{"any":true}}]`) {
			continue // no request meets it
		}
		all = append(all, text(p))
	}
	slices.Sort(all)
	v["policies"] = slices.Compact(all)
}

// reduceWeights makes a distribution of weights: equal destinations are one, and weights are shares.
func reduceWeights(v map[string]any) {
	weighted, ok := v["weightedClusters"].(map[string]any)
	if !ok {
		return
	}
	clusters, _ := weighted["clusters"].([]any)
	sums, total := map[string]float64{}, 0.0
	for _, c := range clusters {
		c := c.(map[string]any)
		weight, _ := c["weight"].(float64)
		delete(c, "weight")
		sums[text(c)] += weight
		total += weight
	}
	if total == 0 {
		return
	}
	shares := map[string]any{}
	for c, weight := range sums {
		if weight > 0 {
			shares[c] = fmt.Sprintf("%.9f", weight/total)
		}
	}
	weighted["clusters"] = shares
	if only, ok := clusters[0].(map[string]any); ok && len(shares) == 1 && len(only) == 1 && len(weighted) == 1 {
		v["cluster"] = only["name"]
		delete(v, "weightedClusters")
	}
}
