package explain

import (
	"fmt"
	"strings"

	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// httpReason is why a request is refused, or finds the virtual host and route that it does.
func httpReason(s *simulate.Step) (string, bool) {
	switch r := s.Reason.(type) {
	case decision.InvalidRequest:
		return requestErrorText(r), true
	case decision.HeadersSanitised:
		return headersText(r), true
	case decision.PathNormalised:
		return "the proxy normalizes paths before routing", true
	case decision.HostMatch:
		return hostMatchText(r), true
	case decision.NoHostMatch:
		return noHostText(r), true
	case *decision.RouteMatch:
		return conditionsText(r.Conditions), true
	case decision.NoRouteMatch:
		return noRouteText(r), true
	case decision.WeightedConnection:
		return "selected by weight, per connection", true
	case decision.LocalResponse:
		return causeText(r.Cause), true
	case decision.RouteTimeout:
		return "for all attempts together", true
	case decision.RouteRetries:
		return retriesReason(r), true
	case decision.RouteMirror:
		return fmt.Sprintf("%g%% of the requests are mirrored to it%s", 100*r.Mirror.Share, mirroredHost(r.Mirror)), true
	}
	return "", false
}

func requestErrorText(r decision.InvalidRequest) string {
	switch r.Error {
	case decision.TLSForPlaintext:
		return "the proxy expects plaintext HTTP here, but the client speaks TLS"
	case decision.UnknownMethod:
		return fmt.Sprintf("%q is not an HTTP/1.1 method that Envoy knows", r.Text)
	case decision.RawPath:
		return fmt.Sprintf("the path %q has characters that must be encoded", r.Text)
	case decision.OnlyHTTP1:
		return "the proxy accepts only HTTP/1.1 here, but the client speaks HTTP/2"
	case decision.OnlyHTTP2:
		return "the proxy accepts only HTTP/2 here, but the client speaks HTTP/1.1"
	case decision.UnderscoreInHeader:
		return fmt.Sprintf("the header %s has an underscore in its name, which the proxy refuses", r.Text)
	case decision.TooManyHeaders:
		return "the request has more headers than the proxy accepts"
	case decision.HeadersTooLarge:
		return "the headers of the request are larger than the proxy accepts"
	case decision.InvalidHeaderText:
		return fmt.Sprintf("the header %q has characters that HTTP does not allow there", r.Text)
	case decision.InvalidContentLength:
		return fmt.Sprintf("the content-length %q is not a number", r.Text)
	case decision.LengthAndChunked:
		return "the request has a content-length and is chunked, which the proxy does not accept together"
	case decision.UnknownTransferEncoding:
		return fmt.Sprintf("the transfer-encoding %q is one that the proxy does not know", r.Text)
	case decision.HopByHopInHTTP2:
		return fmt.Sprintf("the header %s is not allowed in HTTP/2", r.Text)
	case decision.ReservedInConnection:
		return fmt.Sprintf("the Connection header names %s, which the proxy does not remove for a client", r.Text)
	case decision.PathNotAccepted:
		return fmt.Sprintf("the path %q is not one that the proxy accepts", r.Text)
	}
	return "the proxy expects HTTP here, but the client's bytes are not HTTP"
}

func hostMatchText(r decision.HostMatch) string {
	switch r.Match {
	case decision.ExactDomain:
		return fmt.Sprintf("domain %q", r.Domain)
	case decision.WildcardDomain:
		return fmt.Sprintf("domain %q, the longest wildcard for %q", r.Domain, r.Host)
	case decision.OnlyHost:
		return "domain \"*\", the only virtual host"
	}
	return fmt.Sprintf("domain \"*\": no other virtual host has the domain %q", r.Host)
}

func noHostText(r decision.NoHostMatch) string {
	return fmt.Sprintf("no virtual host has the domain %q", r.Host)
}

// connects reports whether a request found no route as it is a CONNECT request.
func connects(r decision.Reason) bool {
	none, ok := r.(decision.NoRouteMatch)
	return ok && none.Connect && none.Routes > 0
}

func noRouteText(r decision.NoRouteMatch) string {
	if connects(r) {
		return "no route here matches CONNECT requests"
	}
	text := fmt.Sprintf("no route of the virtual host matches (%d routes)", r.Routes)
	switch r.Routes {
	case 0:
		return fmt.Sprintf("no route for the host %s: the virtual host has no routes", r.Authority)
	case 1:
		text = "the only route of the virtual host does not match"
		if r.Similar == nil {
			text += ": " + rejection(r.Only)
		}
	}
	if s := r.Similar; s != nil {
		text += "; " + s.Label + " nearly does (" + conditionText(s.Path) + "): " + differenceText(s.Difference)
	}
	return text
}

func conditionsText(all []decision.Condition) string {
	if len(all) == 1 {
		return conditionText(all[0])
	}
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = conditionText(c)
	}
	return strings.Join(texts, " and ")
}

// causeText is why a proxy responds by itself.
func causeText(c decision.ResponseCause) string {
	switch c {
	case decision.EscapedSlashes:
		return "the path has encoded slashes"
	case decision.RequiresTLS:
		return "the virtual host requires TLS"
	case decision.RouteRedirects:
		return "the route redirects"
	case decision.RouteResponds:
		return "direct response from the route"
	case decision.Preflight:
		return "CORS preflight"
	case decision.PreflightNotAllowed:
		return "CORS preflight from an origin that is not allowed"
	case decision.FaultInjected:
		return "it injects a fault"
	}
	return ""
}

func retriesText(r *decision.Retries) string {
	if r == nil {
		return "none"
	}
	text := fmt.Sprintf("up to %d", r.Attempts)
	if r.PerTryTimeout != "" {
		text += ", " + r.PerTryTimeout + " per try"
	}
	return text
}

func retriesReason(r decision.RouteRetries) string {
	if r.Retries == nil {
		return "retries are disabled"
	}
	text := "on " + strings.Join(r.Retries.On, ", ")
	if r.Default {
		text += "; Istio default"
	}
	if limit := r.Retries.PerTryTimeout; limit != "" && !r.Retries.OnTimeout {
		text += fmt.Sprintf("; an attempt that takes longer than %s is not repeated, and the client receives 504: that needs gateway-error, 5xx or reset in retryOn", limit)
	}
	return text
}

// mirroredHost is the host that a copy asks for.
func mirroredHost(m decision.Mirror) string {
	if m.Suffix == "" {
		return ", with the same Host header"
	}
	return ", with " + m.Suffix + " appended to the Host header"
}
