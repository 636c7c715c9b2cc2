package hcm

import (
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/simulate/decision"
)

// upgrade refuses a request to change the protocol (WebSocket, CONNECT) that neither route nor connection manager
// allows. What the route says comes first.
func upgrade(x *Stream) *decision.Outcome {
	kind := x.Req.Upgrade()
	if kind == "" || allowsUpgrade(x, kind) || kind == "CONNECT" && x.Route == nil {
		return nil // a CONNECT that no route is for is answered as any such request
	}
	x.Hop.Response = &decision.Response{Status: 403}
	reason := decision.UpgradeRefused{Protocol: kind}
	x.Step("upgrade", "refused", reason, x.spot("upgrade"))
	return &decision.Outcome{Verdict: decision.Denied, Status: 403, Err: "upgrade refused", Details: "upgrade_failed", Reason: reason}
}

func allowsUpgrade(x *Stream, kind string) bool {
	if x.Route != nil && x.Route.Action != nil {
		for _, u := range x.Route.Action.Proto.GetUpgradeConfigs() {
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
