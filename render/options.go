package render

import "cmp"

// BootstrapOptions are what a bootstrap holds that the resources do not say.
type BootstrapOptions struct {
	NodeID      string // "sidecar~10.0.0.7~web-0.shop~shop.svc.cluster.local"; "sem" if empty
	NodeCluster string // "web.shop"; "sem" if empty
	AdminPort   uint32 // of the admin interface on the loopback address; 15000 if 0
	Identity    string // the SPIFFE identity in the self-signed certificate of the proxy
	Certs       string // the folder of certificates that have no path of their own; "certs" if empty
	SelfSigned  bool   // write self-signed certificates into Certs for those that are absent
}

// certFolder returns the folder of the certificates that have no path of their own.
func (o BootstrapOptions) certFolder() certFolder { return certFolder(cmp.Or(o.Certs, "certs")) }
