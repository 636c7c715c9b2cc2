package simulate

import (
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
)

// A localityKey is a locality within a priority.
type localityKey struct {
	priority uint32
	name     string
}

// localityWeight is the weight of a locality, less where few of its endpoints are healthy.
func (b *balance) localityWeight(k localityKey) float64 {
	var all, good float64
	for i := range b.all {
		if b.all[i].place == k {
			all++
			if b.all[i].healthy() {
				good++
			}
		}
	}
	return b.localities[k] * min(1, b.factor/100*good/all)
}

func localityText(l *corev3.Locality) string {
	return strings.TrimRight(l.GetRegion()+"/"+l.GetZone()+"/"+l.GetSubZone(), "/")
}
