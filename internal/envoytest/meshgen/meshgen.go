// Package meshgen generates meshes at random: documents of every kind that admission accepts, for comparing sem with Envoy
// where nobody thought of an example.
//
// Names, hosts, ports and addresses come from small pools, for documents to meet: they name each other's hosts, cover the
// same hosts by wildcards, contend for ports. What only several documents together make wrong is generated as well: a
// subset that no rule defines, a gateway that is not there. The documents by themselves are valid.
//
// New decides first what holds for the mesh as a whole (IP families, networks, settings: files family.go, network.go,
// settings.go), adds namespaces, Services and workloads, then ServiceEntries (files workload.go, service.go,
// serviceentry.go) and then rules that name them, a file for each kind. What only chance decides, such as a traffic policy,
// is a small type around [dice].
package meshgen

import (
	"math/rand/v2"
	"slices"

	"sem.example/internal/envoytest/manifest"
	"sem.example/simulate"
)

// A Mesh is a generated mesh.
type Mesh struct {
	Documents []manifest.Tree
	Proxies   []simulate.Proxy // some of those that the documents speak of
}

// New generates the mesh of a seed, always the same.
func New(seed uint64) Mesh {
	d := dice{rand.New(rand.NewPCG(seed, 0))}
	g := &generator{dice: d, addressing: addressing{dice: d}, taken: map[string]bool{}}
	g.chooseFamilies()
	g.chooseNetworks()
	g.settings()
	g.namespaces()
	g.services()
	g.entries()
	g.gateways()
	g.rules()
	g.dice = dice{rand.New(rand.NewPCG(seed, 1))} // the documents before are those of the seed, whatever patches there are
	addEnvoyFilters(g)
	return Mesh{Documents: g.docs, Proxies: g.proxies}
}

func (g *generator) namespaces() {
	for _, name := range append(slices.Clone(teams), root) {
		labels := tree{}
		if name == root && g.chance(30) {
			g.network(labels, networkLabel)
		}
		g.add("v1", "Namespace", "", name, tree{"labels": labels})
	}
}

// rules adds the documents that say what happens to traffic.
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
	g.routesOfGatewayAPI()
}
