package explain

import (
	"strconv"
	"strings"
)

// A destination is what a cluster stands for by its name, "outbound|80|v1|reviews.shop.svc.cluster.local".
type destination struct {
	host, subset string
	port         uint32
}

func destinationOf(cluster string) destination {
	parts := strings.SplitN(cluster, "|", 4)
	if len(parts) < 4 {
		return destination{}
	}
	number, _ := strconv.ParseUint(parts[1], 10, 16)
	return destination{parts[3], parts[2], uint32(number)}
}
