package graph

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"sem.example/internal/explain"
	"sem.example/internal/mesh"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// some names the first of several, without the namespace that they have in common.
func some(names []string, namespace string) []string {
	const shown = 3
	var out []string
	for _, n := range names[:min(shown, len(names))] {
		out = append(out, strings.TrimPrefix(n, namespace+"/"))
	}
	if more := len(names) - shown; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return out
}

func commonNamespace(names []string) string {
	common := ""
	for i, n := range names {
		ns, _, _ := strings.Cut(n, "/")
		if i > 0 && ns != common {
			return ""
		}
		common = ns
	}
	return common
}

// ofService are the resources whose findings belong to a host.
func (b *builder) ofService(s *mesh.Service) []Resource {
	out := []Resource{{Kind: s.Object.Kind, Namespace: s.Object.Namespace, Name: s.Object.Name}}
	for _, o := range b.world.Mesh.Objects("DestinationRule") {
		if host, ok := explain.RuleHost(b.world, o); ok && host == s.Host {
			out = append(out, Resource{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name})
		}
	}
	return out
}

// shortHost is the name and port of a host as clients of its namespace write them.
func shortHost(w *pipeline.World, s *mesh.Service, port uint32) string {
	if s.Object != nil && s.Object.Kind == "Service" {
		return address(s.Name, port)
	}
	return address(s.Host, port)
}

func address(host string, port uint32) string {
	switch {
	case port == 0:
		return host
	case strings.Contains(host, ":"):
		return net.JoinHostPort(host, strconv.Itoa(int(port)))
	}
	return fmt.Sprintf("%s:%d", host, port)
}

func verdictWords(v simulate.Verdict) string {
	return strings.Replace(strings.ToLower(strings.ReplaceAll(string(v), "_", " ")), "tls ", "TLS ", 1)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
