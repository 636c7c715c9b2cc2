package meshgen

import (
	"fmt"
	"strings"

	"sem.example/simulate"
)

// A generator holds what is generated so far.
type generator struct {
	dice
	addressing
	docs         []tree
	taken        map[string]bool // kind, namespace and name of the documents
	hosts        []host
	gatewayNames []gatewayName
	delegates    []delegateName
	proxies      []simulate.Proxy
	address      int // of the last workload
}

// A host is a name that clients may call, with what a rule can say of it.
type host struct {
	name      string // with its domain; may be a wildcard
	namespace string
	ports     []port
	short     string // what documents of its namespace may call it; "" for none
}

type port struct {
	number   int
	protocol string // as Istio spells it; "" is detected
}

// A gatewayName is that of a Gateway that VirtualServices can be bound to.
type gatewayName struct {
	namespace, name string
}

// add keeps a document, and reports whether there was none of its kind and name yet.
func (g *generator) add(version, kind, namespace, name string, rest tree) bool {
	key := kind + "/" + namespace + "/" + name
	if g.taken[key] {
		return false
	}
	g.taken[key] = true
	meta := tree{"name": name}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	doc := tree{"apiVersion": version, "kind": kind, "metadata": meta}
	for field, value := range rest {
		if field == "labels" || field == "annotations" {
			meta[field] = value
			continue
		}
		doc[field] = value
	}
	g.docs = append(g.docs, doc)
	return true
}

// rule keeps a document of Istio under a random name.
func (g *generator) rule(version, kind, namespace string, spec tree) {
	name := fmt.Sprintf("%s-%d", strings.ToLower(kind[:2]), g.N(12))
	g.add(version, kind, namespace, name, tree{"spec": spec})
}

// known is a host that rules may speak of.
func (g *generator) known() host { return pick(g.dice, g.hosts...) }

// called is what a document of a namespace calls a host, now and then by its short name.
func (g *generator) called(h host, namespace string) string {
	if h.short != "" && h.namespace == namespace && g.chance(40) {
		return h.short
	}
	return h.name
}

// A delegateName is that of a VirtualService without hosts, which others delegate to.
type delegateName struct{ namespace, name string }
