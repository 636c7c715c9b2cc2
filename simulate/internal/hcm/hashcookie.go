package hcm

import (
	"fmt"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
	"sem.example/simulate/internal/upstream"
)

// setCookies adds to a response the cookies that a consistent hash needs and the request does not have. Envoy makes those that have
// a lifetime, where the cluster of the way hashes at all.
func setCookies(x *Stream, w *upstream.Selection) {
	if w.Cluster == nil || !w.Cluster.Hashes() || len(w.Endpoints) == 0 {
		return
	}
	var made []string
	hashed := false
	for _, p := range x.Route.Action.Proto.GetHashPolicy() {
		if c := p.GetCookie(); c != nil {
			_, sent := x.Req.Cookie(c.GetName())
			if !sent && c.GetTtl() != nil {
				made = append(made, setCookie(c))
			}
			hashed = hashed || sent || c.GetTtl() != nil
		}
		if p.GetTerminal() && hashed {
			break
		}
	}
	if len(made) == 0 {
		return
	}
	if w.Headers == nil {
		w.Headers = &decision.HeaderOps{}
	}
	if w.Headers.Response == nil {
		w.Headers.Response = &decision.HeaderChange{}
	}
	if own := w.Headers.Response.Add["set-cookie"]; own != "" {
		made = append(made, own)
	}
	request.Put(&w.Headers.Response.Add, "set-cookie", strings.Join(made, ", "))
}

// setCookie is the header that sets a cookie, as Envoy writes it.
func setCookie(c *routev3.RouteAction_HashPolicy_Cookie) string {
	text := fmt.Sprintf("%s=%q", c.GetName(), decision.MadeValue)
	if age := c.GetTtl().GetSeconds(); age > 0 {
		text += fmt.Sprintf("; Max-Age=%d", age)
	}
	if path := c.GetPath(); path != "" {
		text += "; Path=" + path
	}
	for _, a := range c.GetAttributes() {
		text += "; " + a.GetName()
		if a.GetValue() != "" {
			text += "=" + a.GetValue()
		}
	}
	return text + "; HttpOnly"
}
