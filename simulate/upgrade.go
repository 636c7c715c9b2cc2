package simulate

import (
	"fmt"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// upgrade refuses a request to change the protocol (WebSocket, CONNECT) that neither route nor connection manager
// allows. What the route says comes first.
func (x *exchange) upgrade() *outcome {
	kind := x.req.upgrade()
	if kind == "" || x.allowsUpgrade(kind) {
		return nil
	}
	x.hop.Response = &Response{Status: 403}
	x.step("upgrade", "refused", "upgrades to "+kind+" are not enabled", x.spot("upgrade"))
	return &outcome{verdict: Denied, status: 403, err: "upgrade refused", details: "upgrade_failed", reason: fmt.Sprintf("neither the listener nor the route allows an upgrade to %s", kind)}
}

// upgrade is the protocol that the request asks to change to, "" for none. Envoy does not hear requests for h2c.
func (r *request) upgrade() string {
	if r.method == "CONNECT" {
		return "CONNECT"
	}
	connection, _ := r.get("connection")
	kind, _ := r.get("upgrade")
	if r.version != http11 || !anyOf(strings.Split(connection, ","), func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), "upgrade") }) {
		return ""
	}
	if strings.EqualFold(kind, "h2c") {
		return ""
	}
	return kind
}

func (x *exchange) allowsUpgrade(kind string) bool {
	if x.route != nil && x.route.action != nil {
		for _, u := range x.route.action.proto.GetUpgradeConfigs() {
			if strings.EqualFold(u.GetUpgradeType(), kind) {
				return enabled(u)
			}
		}
	}
	for _, u := range x.manager.proto.GetUpgradeConfigs() {
		if strings.EqualFold(u.GetUpgradeType(), kind) {
			return u.GetEnabled() == nil || u.GetEnabled().GetValue()
		}
	}
	return false
}

func enabled(u *routev3.RouteAction_UpgradeConfig) bool {
	return u.GetEnabled() == nil || u.GetEnabled().GetValue()
}
