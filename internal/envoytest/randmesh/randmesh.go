// Package randmesh makes meshes up: documents of every kind that admission accepts, put together at random, for tests
// that hold sem to Envoy where nobody thought of an example.
//
// Names, hosts, ports and addresses come from small pools, so that documents meet: they name each other's hosts, cover
// the same hosts by wildcards, contend for ports. What only several documents together make wrong is made up as well: a
// subset that no rule defines, a gateway that is not there. The documents by themselves are valid.
//
// New decides first what holds for the mesh as a whole (IP families, networks, settings: files family.go, network.go,
// settings.go), makes the world (namespaces, services and workloads, then entries: files workload.go, service.go,
// serviceentry.go) and then rules that speak of it, a file for each kind.
package randmesh

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"sem.example/internal/envoytest/manifest"
	"sem.example/simulate"
)

// A Mesh is a world that was made up.
type Mesh struct {
	Documents []manifest.Tree
	Proxies   []simulate.Proxy // some of those that the documents speak of
}

// New makes up the mesh of a seed, always the same.
func New(seed uint64) Mesh {
	g := &generator{dice: dice{rand.New(rand.NewPCG(seed, 0))}, taken: map[string]bool{}}
	g.chooseFamilies()
	g.chooseNetworks()
	g.settings()
	g.namespaces()
	g.services()
	g.entries()
	g.gateways()
	g.rules()
	return Mesh{Documents: g.docs, Proxies: g.proxies}
}

// A generator holds what was made up so far.
type generator struct {
	dice
	families  families
	networked bool // the mesh spans several networks
	docs      []tree
	taken     map[string]bool // kind, namespace and name of the documents
	hosts     []host
	doors     []door
	leaves    []leaf
	proxies   []simulate.Proxy
	address   int // of the last workload
}

type tree = manifest.Tree

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

// A door is a gateway that VirtualServices can be bound to.
type door struct {
	namespace, name string
}

const root = "istio-system"

// teams are the namespaces that hold workloads.
var teams = []string{"shop", "bank"}

func (g *generator) namespaces() {
	for _, name := range append(slices.Clone(teams), root) {
		labels := tree{}
		if name == root && g.chance(30) {
			g.network(labels, networkLabel)
		}
		g.add("v1", "Namespace", "", name, tree{"labels": labels})
	}
}

// add keeps a document, and says whether there was none of its kind and name yet.
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

const networking, security = "networking.istio.io/v1", "security.istio.io/v1"

// rule keeps a document of Istio under a made-up name.
func (g *generator) rule(version, kind, namespace string, spec tree) {
	name := fmt.Sprintf("%s-%d", strings.ToLower(kind[:2]), g.N(12))
	g.add(version, kind, namespace, name, tree{"spec": spec})
}

// rules adds the documents that say what becomes of traffic.
func (g *generator) rules() {
	for range g.N(5) {
		g.destinationRule()
	}
	if g.chance(40) {
		for range 1 + g.N(2) {
			g.delegate()
		}
	}
	for range 1 + g.N(5) {
		g.virtualService()
	}
	for range g.N(3) {
		g.sidecar()
	}
	for range g.N(3) {
		g.peerAuthentication()
	}
	for range g.N(4) {
		g.authorizationPolicy()
	}
	if g.chance(30) {
		for range 1 + g.N(2) {
			g.requestAuthentication()
		}
	}
}

// team is the namespace of a rule: mostly that of workloads.
func (g *generator) team() string {
	if g.chance(15) {
		return root
	}
	return pick(g.dice, teams...)
}

// exported restricts, now and then, who sees a document.
func (g *generator) exported(spec tree) {
	g.maybe(spec, 15, "exportTo", func() any {
		return list(pick(g.dice, ".", "*", teams[0], teams[1]))
	})
}

// appLabels choose workloads: those of an app, of a version, of both.
func (g *generator) appLabels() tree {
	labels := tree{"app": pick(g.dice, apps...)}
	if g.chance(20) {
		labels["version"] = pick(g.dice, versions...)
	}
	return labels
}
