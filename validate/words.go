package validate

import (
	"cmp"
	"fmt"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

// name is how messages call an object.
func name(o *config.Object) string { return o.Kind + " " + o.Namespace + "/" + o.Name }

// portList names the ports of a service for a message.
func portList(svc *mesh.Service) string {
	var numbers []string
	for _, p := range svc.Ports {
		numbers = append(numbers, fmt.Sprint(p.Number))
	}
	switch len(numbers) {
	case 0:
		return "no ports"
	case 1:
		return "port " + numbers[0]
	}
	return "ports " + strings.Join(numbers, ", ")
}

// labelList writes labels for a message.
func labelList(labels map[string]string) string { return strings.Join(facts.LabelPairs(labels), ", ") }

// portNames lists the ports of a service by name.
func portNames(svc *mesh.Service) string {
	var names []string
	for _, p := range svc.Ports {
		names = append(names, cmp.Or(p.Name, "(without a name)"))
	}
	return strings.Join(names, ", ")
}

// spoken is the protocol of a port for a message.
func spoken(p *mesh.Port) string {
	if p.Protocol == mesh.Detected {
		return "auto-detected"
	}
	return string(p.Protocol)
}

// elder ends a note about the one of two documents that goes first because it is older. Files seldom say when their objects were
// created; names decide then, and in a cluster it may be the other way round. That is part of each finding for which it matters
// rather than a finding of its own.
func elder(first, second *config.Object) string {
	if first != second && first.CreationTimestamp.Equal(second.CreationTimestamp) {
		return "; neither has a creationTimestamp: sorted by name here, by age in a cluster"
	}
	return ""
}
