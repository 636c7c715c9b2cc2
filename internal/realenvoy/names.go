package realenvoy

import (
	"fmt"
	"slices"
	"strings"
)

// SameAddress reports whether an address that was dialled is the one that a trace names, which may be a DNS name in whatever case.
func SameAddress(named, dialled string) bool {
	return strings.EqualFold(named, dialled) || slices.Contains(NameAddresses(named), dialled)
}

// NameAddresses are the addresses that the DNS server of the recorded observations gave to a name: one of 198.18.0.0/15, and
// one of 2001:db8:d::/96.
func NameAddresses(name string) []string {
	var h uint32
	for _, r := range strings.ToLower(strings.TrimRight(name, ".")) {
		h = h*131 + uint32(r)
	}
	return []string{
		fmt.Sprintf("198.%d.%d.%d", 18+(h>>16)&1, h>>8&255, h&255),
		fmt.Sprintf("2001:db8:d::%x:%x", h>>16, h&0xffff),
	}
}
