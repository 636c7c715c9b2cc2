package envoytest

import (
	"fmt"
	"strings"
)

// SameAddress says whether an address that was dialled is the one that a trace names. A DNS name stands for the address
// that the DNS server of the tests gives to it.
func SameAddress(named, dialled string) bool {
	return named == dialled || nameAddress(named) == dialled
}

// nameAddress is the address, one of 198.18.0.0/15, that the DNS server of the tests gives to a name.
func nameAddress(name string) string {
	h := 0
	for _, r := range strings.ToLower(strings.TrimRight(name, ".")) {
		h = (h*131 + int(r)) % (1 << 17)
	}
	return fmt.Sprintf("198.%d.%d.%d", 18+(h>>16), h>>8&255, h&255)
}
