package world

import (
	"encoding/binary"
	"hash/fnv"
	"net/netip"

	"sem.example/internal/config"
	"sem.example/internal/lazy"
)

// Placeholder addresses are of ranges that no cluster uses: of IPv4 the class that is reserved for the future, beside
// 240.240.0.0/16, from which istiod allocates; of IPv6 the prefix for documentation.
const (
	serviceBlock = 241 // 241.0.0.0/8
	podBlock     = 242
)

var placeholderForm = lazy.Regexp(`\b(?:24[12](?:\.\d{1,3}){3}|2001:db8:f[12]::[0-9a-f:]+)`)

// FindPlaceholders returns what has the form of a placeholder address in a text.
func FindPlaceholders(text string) []string { return placeholderForm().FindAllString(text, -1) }

// placeholders are the objects that placeholder addresses were given to: a Service, or what makes the Pod.
type placeholders map[string]*config.Object

// allocate returns an address for an object, which depends on its name alone unless two names collide.
func (p placeholders) allocate(block byte, ipv6 bool, kind, namespace, name string, of *config.Object) string {
	h := fnv.New32a()
	h.Write([]byte(kind + "/" + namespace + "/" + name))
	for n := h.Sum32() & 0xffffff; ; n = (n + 1) & 0xffffff {
		a := address(block, ipv6, n)
		if _, taken := p[a]; !taken {
			p[a] = of
			return a
		}
	}
}

func address(block byte, ipv6 bool, n uint32) string {
	if !ipv6 {
		return netip.AddrFrom4([4]byte{block, byte(n >> 16), byte(n >> 8), byte(n)}).String()
	}
	b := [16]byte{0x20, 0x01, 0x0d, 0xb8, 0, block}
	binary.BigEndian.PutUint32(b[12:], n)
	return netip.AddrFrom16(b).String()
}
