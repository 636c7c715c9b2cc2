package envoytest

import (
	"net/netip"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
)

// A wiring changes a bootstrap so that it runs, and can be watched, on one machine without privileges.
type wiring struct {
	upstreams *upstreams
	logPath   string
	sniNamed  map[string]bool // clusters whose host the TLS handshake names
}

func (w *wiring) bootstrap(b *bootstrapv3.Bootstrap) error {
	b.Admin.Address = loopback(0)
	for _, l := range b.GetStaticResources().GetListeners() {
		w.listener(l)
	}
	for _, c := range b.GetStaticResources().GetClusters() {
		if err := w.cluster(c); err != nil {
			return err
		}
	}
	return nil
}

func isIP(address string) bool {
	_, err := netip.ParseAddr(address)
	return err == nil
}
