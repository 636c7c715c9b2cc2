package diff

import (
	"slices"
	"strings"
)

// A frame is the digest of what surrounds a route: its virtual host and the table.
type frame struct {
	whole  digest
	unsent digest // without what is done to requests that are sent to a destination
}

// dropSending takes away what a route, or what surrounds it, does to requests that are sent to a destination.
func dropSending(v map[string]any) {
	for _, name := range []string{"requestHeadersToAdd", "requestHeadersToRemove", "includeRequestAttemptCount", "includeAttemptCountInResponse", "retryPolicy", "hedgePolicy"} {
		delete(v, name)
	}
}

// sendsNothing reports whether no request that takes a route is sent anywhere: the proxy answers itself, aborts all, or knows none
// of the clusters. It takes away what would be done to requests that are sent.
func (n *normalizer) sendsNothing(route map[string]any) bool {
	action, _ := route["route"].(map[string]any)
	switch names := clusterNames(action); {
	case abortsAll(route):
		for name := range action {
			if name != "cors" {
				delete(action, name)
			}
		}
	case len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool { return !n.missing(name) }):
		for name := range action {
			if !slices.Contains([]string{"cluster", "weightedClusters", "clusterNotFoundResponseCode", "cors"}, name) {
				delete(action, name)
			}
		}
		weighted, _ := action["weightedClusters"].(map[string]any)
		clusters, _ := weighted["clusters"].([]any)
		for _, c := range clusters {
			if c, ok := c.(map[string]any); ok {
				dropSending(c)
			}
		}
	case route["redirect"] == nil && route["directResponse"] == nil:
		return false
	}
	dropSending(route)
	return true
}

// abortsAll reports whether a fault answers all requests of a route in place of their destination.
func abortsAll(route map[string]any) bool {
	filters, _ := route["typedPerFilterConfig"].(map[string]any)
	for name, config := range filters {
		fault, ok := config.(map[string]any)
		if !ok || !strings.HasSuffix(name, ".fault") || fault["headers"] != nil || fault["downstreamNodes"] != nil || stringOf(fault["upstreamCluster"]) != "" {
			continue
		}
		abort, _ := fault["abort"].(map[string]any)
		share, _ := abort["percentage"].(map[string]any)
		of := map[string]float64{"": 100, "HUNDRED": 100, "TEN_THOUSAND": 10_000, "MILLION": 1_000_000}[stringOf(share["denominator"])]
		if numerator, ok := share["numerator"].(float64); ok && of > 0 && numerator >= of && abort["headerAbort"] == nil {
			return true
		}
	}
	return false
}
