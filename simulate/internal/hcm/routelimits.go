package hcm

import (
	"fmt"
	"strings"
)

// limited records the route's limits: those that somebody asked for, not what every route has by default.
func limited(x *Exchange) {
	p := &x.Route.Action.Policy
	if p.Retries != nil && x.Explains && len(x.Places.Places(x.spot("retry"))) == 0 {
		x.Step("retries", p.Retries.Words(), "on "+strings.Join(p.Retries.On, ", ")+"; nobody asked for them, they are the default")
	}
	if p.Timeout != "" {
		x.Step("timeout", p.Timeout, "for all tries together", x.spot("timeout"))
	}
	if asked := len(x.Places.Places(x.spot("retry"))) > 0; asked && p.Retries == nil {
		x.Step("retries", "none", "they are switched off", x.spot("retry"))
	} else if asked {
		x.Step("retries", p.Retries.Words(), "on "+strings.Join(p.Retries.On, ", "), x.spot("retry"))
	}
	for _, m := range p.Mirrors {
		x.Step("mirror", m.Cluster, fmt.Sprintf("%g%% of the requests are copied to it%s", 100*m.Share, m.Shadow()), x.spot("mirror"))
	}
}
