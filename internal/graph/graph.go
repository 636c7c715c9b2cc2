package graph

import (
	"fmt"
	"slices"

	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// A Kind is what a node stands for.
type Kind string

// The kinds, from where requests come from to where they go.
const (
	Outside  Kind = "outside" // clients that are not in the mesh
	Client   Kind = "client"
	Gateway  Kind = "gateway"
	Host     Kind = "host"
	Rule     Kind = "rule"
	Subset   Kind = "subset" // a subset, or a host that a rule sends to
	Workload Kind = "workload"
	External Kind = "external" // a host outside the mesh
)

// A Graph is nodes and the ways between them: its JSON form is the document of "sem graph". Nodes and edges are in order.
type Graph struct {
	APIVersion  string   `json:"apiVersion"`
	Kind        string   `json:"kind"`
	Title       string   `json:"title"`
	Nodes       []Node   `json:"nodes"`
	Edges       []Edge   `json:"edges"`
	Notes       []string `json:"notes,omitempty"`       // what is not shown, or shown as one
	Assuming    string   `json:"assuming,omitempty"`    // what was assumed of the input, in short
	NotModelled []string `json:"notModelled,omitempty"` // what may change the ways
	Unread      []string `json:"unread,omitempty"`      // parts of the input that could not be read
}

// A Node is a thing that requests come from, pass or reach, or several that are alike.
type Node struct {
	ID        string          `json:"id"`
	Kind      Kind            `json:"kind"`
	Namespace string          `json:"namespace,omitempty"` // "" where it has none, or several
	Name      string          `json:"name"`
	Lines     []string        `json:"lines,omitempty"`   // what else there is to say, in short
	Members   []string        `json:"members,omitempty"` // the names of what is shown as one node
	Fails     string          `json:"fails,omitempty"`   // why requests fail here
	Unused    bool            `json:"unused,omitempty"`  // no request comes here
	Findings  []Finding       `json:"findings,omitempty"`
	Written   *simulate.Place `json:"written,omitempty"`

	About []Resource `json:"-"` // the resources whose findings belong here
}

// An Edge is the way of requests from a node to another.
type Edge struct {
	From     string   `json:"from"`
	To       string   `json:"to"`
	Share    float64  `json:"share,omitempty"` // of the requests at From, 0 to 1; 0 where each decides for itself
	TLS      string   `json:"tls,omitempty"`   // the mode towards To, or PASSTHROUGH where the application encrypts
	Policies []string `json:"policies,omitempty"`
	Fails    string   `json:"fails,omitempty"` // the verdict of requests that fail on the way
}

// A Finding is what validation reports about the resources behind a node.
type Finding struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
}

// A Resource is a resource of the input, or a part of it.
type Resource struct{ Kind, Namespace, Name, Field string }

// passthrough is the mode of an edge on which the application's own TLS passes.
const passthrough = "PASSTHROUGH"

// Encrypted reports whether requests are encrypted towards the end of an edge.
func (e *Edge) Encrypted() bool { return e.TLS != "" && e.TLS != decision.ModeDisable }

// Severity is the highest severity of a node's findings, "" without any.
func (n *Node) Severity() string {
	worst := 0
	for _, f := range n.Findings {
		worst = max(worst, slices.Index(severities, f.Severity))
	}
	return severities[worst]
}

// severities are in order; what is not among them is none.
var severities = []string{"", "info", "warning", "error"}

// Labels are the short texts of an edge.
func (e *Edge) Labels() []string {
	var out []string
	if e.Share > 0 && e.Share < 1 {
		out = append(out, fmt.Sprintf("%.4g%%", 100*e.Share))
	}
	switch e.TLS {
	case "":
	case decision.ModeDisable:
		out = append(out, "plaintext")
	case passthrough:
		out = append(out, "application's TLS")
	case decision.ModeMutual, decision.ModeIstioMutual:
		out = append(out, "mutual TLS")
	default:
		out = append(out, "TLS")
	}
	out = append(out, e.Policies...)
	if e.Fails != "" {
		out = append(out, e.Fails)
	}
	return out
}

// node returns the node of an ID.
func (g *Graph) node(id string) *Node {
	for i := range g.Nodes {
		if g.Nodes[i].ID == id {
			return &g.Nodes[i]
		}
	}
	return nil
}
