package compile

import (
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/route"
	"sem.example/internal/compile/security"
	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
)

// An outboundTraffic builds what handles the traffic that a workload sends.
type outboundTraffic struct {
	view    *mesh.View
	access  *security.Access
	origins *origin.Store
	shared  *outboundTraffic // of the sidecars that are sent the same, or itself

	egress *lazy.Value[[]*egress] // see egresses
	ruled  lazy.Map[ruledKey, []route.Route]
	tables lazy.Map[string, *outboundTable]
}
