package validate

import (
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

// nearestHost is the host of the input that a mistyped name most likely means, or "".
func (s *Scope) nearestHost(host string) string {
	var hosts []string
	for _, svc := range s.Mesh.Services {
		hosts = append(hosts, svc.Host)
	}
	return diag.Nearest(host, hosts)
}

// namesakes returns the Services of the same short name in other namespaces.
func (s *Scope) namesakes(host string, o *config.Object) []*mesh.Service {
	if strings.Contains(host, ".") {
		return nil
	}
	var found []*mesh.Service
	for _, svc := range s.Mesh.Services {
		if svc.Kubernetes() && svc.Name == host && svc.Namespace != o.Namespace {
			found = append(found, svc)
		}
	}
	slices.SortFunc(found, func(a, b *mesh.Service) int { return strings.Compare(a.Namespace, b.Namespace) })
	return found
}
