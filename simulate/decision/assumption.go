package decision

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// An Assumption is something that the input does not say, and that the answer depends on.
type Assumption struct {
	What    string     `json:"what"` // address, pods, sidecar, ambient, client
	Of      ObjectName `json:"of"`
	Message string     `json:"message"` // "shop/cart has a sidecar"
	Because string     `json:"because"`
	Origin  *Place     `json:"origin,omitempty"`

	Addresses []string `json:"addresses,omitempty"` // in this trace that stand for those which only the cluster knows
}

// ObjectName names an object of the input.
type ObjectName struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// Speller returns what names in a text, by what has them, the addresses that stand for those which only the cluster knows;
// nil where there are none.
func (t *Trace) Speller() func(text string) string {
	var addresses []string
	owners := map[string]string{}
	for i := range t.Assumed {
		for _, a := range t.Assumed[i].Addresses {
			if _, err := netip.ParseAddr(a); err != nil {
				continue
			}
			addresses = append(addresses, regexp.QuoteMeta(a))
			owners[a] = t.Assumed[i].owner()
		}
	}
	if len(addresses) == 0 {
		return nil
	}
	slices.SortFunc(addresses, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	// With its port, in brackets where it is of IPv6, or before "_" as in the name of a listener.
	form := regexp.MustCompile(`\[?(` + strings.Join(addresses, "|") + `)\]?(?:([:_])(\d+))?`)
	name := func(text string) string {
		switch m := form.FindStringSubmatch(text); m[2] {
		case "_":
			return "clusterIP_" + m[3]
		case ":":
			return owners[m[1]] + ", port " + m[3]
		default:
			return owners[m[1]]
		}
	}
	return func(text string) string { return form.ReplaceAllStringFunc(text, name) }
}

// owner names what has the addresses.
func (a *Assumption) owner() string {
	name := fmt.Sprintf("%s %s/%s", cmp.Or(a.Of.Kind, "workload"), a.Of.Namespace, a.Of.Name)
	switch {
	case a.What == "address":
		return "the clusterIP of " + name
	case a.Of.Kind == "Pod":
		return name
	}
	return "a Pod of " + name
}
