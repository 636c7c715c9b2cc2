package explain

import "sem.example/internal/clustername"

// A destination is what a cluster stands for by its name.
type destination struct {
	host, subset string
	port         uint32
}

func destinationOf(cluster string) destination {
	n, _ := clustername.Parse(cluster)
	return destination{n.Host, n.Subset, n.Port}
}
