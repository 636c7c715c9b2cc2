package diff

import (
	"slices"
	"strings"

	"sem.example/simulate"
)

// A Report is what two meshes differ in, in words: its JSON form is the document of "sem diff".
type Report struct {
	APIVersion string           `json:"apiVersion"`
	Kind       string           `json:"kind"`
	OldIstio   ReportedRelease  `json:"oldIstio"` // the release of Istio that OLD is answered for
	NewIstio   ReportedRelease  `json:"newIstio"`
	Summary    Summary          `json:"summary"`
	Changes    []ReportedChange `json:"changes"`
	Undecided  []ReportedDoubt  `json:"undecided"`
	Unread     []string         `json:"unread,omitempty"` // parts of the input that could not be read: what they would change is not known

	NotCompared []string `json:"notCompared,omitempty"` // what only one side, or no config dump, can show
}

// A ReportedRelease is a release of Istio.
type ReportedRelease struct {
	Istio   string `json:"istio"`
	Envoy   string `json:"envoy"`   // that its proxies run
	Because string `json:"because"` // why it is this one
	Default bool   `json:"-"`       // it is the newest as it is, and nothing asks for it
}

// A Summary counts.
type Summary struct {
	Classes    int  `json:"classes"`    // of proxies that were compared
	Equivalent int  `json:"equivalent"` // of them proven to answer all requests alike
	Changes    int  `json:"changes"`
	Expected   int  `json:"expected"` // changes that --expect allows
	Undecided  int  `json:"undecided"`
	Unseen     int  `json:"unseen"`             // resources that differ and that no request reaches
	Narrowed   bool `json:"narrowed,omitempty"` // --from, --gateway, --for or --only leave out a part of the comparison
	Requests   int  `json:"requests,omitempty"`
	Moved      int  `json:"differing,omitempty"` // requests of --traffic that are answered differently
}

// A ReportedChange is a change, and the proxies that it is one for.
type ReportedChange struct {
	Kind      Kind             `json:"change"`
	From      string           `json:"from"`
	To        string           `json:"to"`
	Region    string           `json:"region"`
	Direction string           `json:"direction"`
	Proxies   []string         `json:"proxies"`
	Witness   simulate.Call    `json:"witness"`
	Command   string           `json:"command"` // that traces the witness
	Details   []string         `json:"details"` // what of the answers differs
	Old       []simulate.Place `json:"old"`     // the fields that decide
	New       []simulate.Place `json:"new"`
	Requests  int              `json:"requests,omitempty"`
	Expected  bool             `json:"expected,omitempty"`
}

// A ReportedDoubt is what stays undecided.
type ReportedDoubt struct {
	Region    string   `json:"region"`
	About     string   `json:"-"` // the hosts, where they are known
	Why       Doubt    `json:"why"`
	Direction string   `json:"direction"`
	Proxies   []string `json:"proxies"`
}

// Shown reports whether a trace shows the change: it is of more than settings of what a request passes.
func (c *ReportedChange) Shown() bool {
	return len(c.Details) == 0 || slices.ContainsFunc(c.Details, func(d string) bool { return !strings.HasPrefix(d, "settings") })
}

// Touches reports whether a change is one of a part of the answers: routes, tls, endpoints, policies or authorization.
func (c *ReportedChange) Touches(part string) bool {
	names := map[string][]string{
		"routes": {"verdict", "response", "rewrite", "headers", "protocol", "mirrors"}, "tls": {"TLS"}, "endpoints": {"endpoints"},
	}[part]
	for _, d := range c.Details {
		name, value, _ := strings.Cut(d, ": ")
		name, _, _ = strings.Cut(name, " ")
		name, _, _ = strings.Cut(name, "[")
		switch {
		case part == "authorization":
			if name == "verdict" && strings.Contains(value, string(simulate.Denied)) {
				return true
			}
		case part == "policies":
			if !slices.Contains([]string{"verdict", "response", "rewrite", "headers", "protocol", "TLS", "endpoints", "mirrors"}, name) {
				return true
			}
		case slices.Contains(names, name):
			return true
		}
	}
	return false
}
