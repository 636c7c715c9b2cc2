package apigateway

import (
	"regexp"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh/routing"
)

// filters applies the filters of a rule to it. It is false where one of them is not supported.
func (t *translator) filters(rule *routing.HTTPRule, o *config.Object, list []gatewayapi.Filter, at config.Place, atGateway bool) bool {
	for i, f := range list {
		at := at.Item(i)
		switch f.Type {
		case "RequestHeaderModifier", "ResponseHeaderModifier":
			if !rule.Headers.IsSet() {
				rule.Headers = config.Setting[*networking.Headers]{Value: &networking.Headers{}, At: at}
			}
			setHeaders(rule.Headers.Value, f)
		case "RequestRedirect":
			rule.Redirect = config.Setting[*networking.HTTPRedirect]{Value: redirect(f.RequestRedirect), At: at}
		case "RequestMirror":
			if m := f.RequestMirror; m != nil {
				if to, ok := t.destination(o, m.BackendRef, at.Sub("requestMirror.backendRef"), atGateway); ok && to.Host != "" && !t.missing(to, m.BackendRef) {
					if share, some := mirrorShare(m); some {
						rule.Mirrors = append(rule.Mirrors, routing.Mirror{To: to, Share: share, At: []config.Place{at}})
					}
				}
			}
		case "URLRewrite":
			rule.Rewrite = rewrite(f.URLRewrite, at)
		case "CORS":
			rule.CORS = config.Setting[*networking.CorsPolicy]{Value: cors(f.CORS), At: at}
		default:
			t.status.unsupportedFilter(f, at)
			return false
		}
	}
	return true
}

// unsupportedFilter records a filter for which Istio ignores the whole route.
func (s *status) unsupportedFilter(f gatewayapi.Filter, at config.Place) {
	s.fail(Condition{Type: resolvedRefs, Reason: "InvalidFilter", At: at,
		Message: "Istio does not support a filter of type " + f.Type + " here, and ignores the whole route"})
}

// setHeaders adds what a filter does with headers.
func setHeaders(out *networking.Headers, f gatewayapi.Filter) {
	if f.Type == "RequestHeaderModifier" && f.RequestHeaderModifier != nil {
		out.Request = headerOperations(f.RequestHeaderModifier)
	}
	if f.Type == "ResponseHeaderModifier" && f.ResponseHeaderModifier != nil {
		out.Response = headerOperations(f.ResponseHeaderModifier)
	}
}

func headerOperations(f *gatewayapi.HeaderFilter) *networking.Headers_HeaderOperations {
	return &networking.Headers_HeaderOperations{Set: firstOf(f.Set), Add: firstOf(f.Add), Remove: f.Remove}
}

// firstOf is a map of headers; of several of one name the first counts.
func firstOf(list []gatewayapi.Header) map[string]string {
	if len(list) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, h := range list {
		name := strings.ToLower(h.Name)
		if _, known := out[name]; !known {
			out[name] = h.Value
		}
	}
	return out
}

func mirrorShare(m *gatewayapi.MirrorFilter) (share routing.Fraction, some bool) {
	percent := 100.0
	switch {
	case m.Fraction != nil:
		percent = 100 * float64(m.Fraction.Numerator) / float64(max(value(m.Fraction.Denominator, 100), 1))
	case m.Percent != nil:
		percent = float64(*m.Percent)
	default:
		return routing.Percent(100), true
	}
	return routing.Fraction{Numerator: uint32(percent * 10000), Denominator: 1e6}, percent > 0
}

func redirect(in *gatewayapi.Redirect) *networking.HTTPRedirect {
	if in == nil {
		in = &gatewayapi.Redirect{}
	}
	out := &networking.HTTPRedirect{RedirectCode: value(in.StatusCode, 302), Authority: value(in.Hostname, ""), Scheme: value(in.Scheme, "")}
	switch {
	case in.Port != nil:
		out.RedirectPort = &networking.HTTPRedirect_Port{Port: *in.Port}
	case in.Scheme != nil:
		out.RedirectPort = &networking.HTTPRedirect_DerivePort{DerivePort: networking.HTTPRedirect_FROM_PROTOCOL_DEFAULT}
	default:
		out.RedirectPort = &networking.HTTPRedirect_DerivePort{DerivePort: networking.HTTPRedirect_FROM_REQUEST_PORT}
	}
	if in.Path != nil {
		out.Uri, out.PrefixRewrite = value(in.Path.ReplaceFullPath, ""), value(in.Path.ReplacePrefixMatch, "")
	}
	return out
}

// rewrite translates a filter that changes the URL; it is zero where the filter changes nothing.
func rewrite(in *gatewayapi.URLRewrite, at config.Place) routing.Rewrite {
	var out routing.Rewrite
	if in == nil {
		return out
	}
	at = at.Sub("urlRewrite")
	if in.Path != nil && in.Path.Type == "ReplacePrefixMatch" {
		path := strings.TrimSuffix(value(in.Path.ReplacePrefixMatch, ""), "/")
		if path == "" {
			path = "/"
		}
		out.Path = config.Setting[string]{Value: path, At: at.Sub("path")}
	}
	if in.Path != nil && in.Path.Type == "ReplaceFullPath" {
		out.Regex = config.Setting[*networking.RegexRewrite]{At: at.Sub("path"),
			Value: &networking.RegexRewrite{Match: "/.*", Rewrite: value(in.Path.ReplaceFullPath, "")}}
	}
	if value(in.Hostname, "") != "" {
		out.Authority = config.Setting[string]{Value: *in.Hostname, At: at.Sub("hostname")}
	}
	if out != (routing.Rewrite{}) {
		out.At = at
	}
	return out
}

// removePrefix makes a rewrite that only removes the matched prefix keep the slash in front of the rest.
func removePrefix(rule *routing.HTTPRule) {
	if rule.Rewrite.Path.Value != "/" || rule.Rewrite.Regex.IsSet() {
		return
	}
	prefix := ""
	if m := rule.Matches[0].Path; m.Kind == routing.Below {
		prefix = strings.TrimSuffix(m.Value, "/")
	}
	rule.Rewrite.Regex = config.Setting[*networking.RegexRewrite]{At: rule.Rewrite.Path.At,
		Value: &networking.RegexRewrite{Match: "^" + regexp.QuoteMeta(prefix) + "(/?)(.*)", Rewrite: `/\2`}}
}

// anyOrigin matches every origin: a scheme and a host.
const anyOrigin = `^[a-zA-Z][a-zA-Z0-9+.-]*://[^/\s?#]+$`

func cors(in *gatewayapi.CORS) *networking.CorsPolicy {
	if in == nil {
		in = &gatewayapi.CORS{}
	}
	out := &networking.CorsPolicy{AllowMethods: in.AllowMethods, AllowHeaders: in.AllowHeaders, ExposeHeaders: in.ExposeHeaders,
		UnmatchedPreflights: networking.CorsPolicy_IGNORE}
	for _, o := range in.AllowOrigins {
		if o != "" {
			out.AllowOrigins = append(out.AllowOrigins, originMatch(o))
		}
	}
	if value(in.AllowCredentials, false) {
		out.AllowCredentials = wrapperspb.Bool(true)
	}
	age := in.MaxAge
	if age == 0 {
		age = 5
	}
	out.MaxAge = durationpb.New(time.Duration(age) * time.Second)
	return out
}

func originMatch(o string) *networking.StringMatch {
	switch {
	case o == "*":
		return &networking.StringMatch{MatchType: &networking.StringMatch_Regex{Regex: anyOrigin}}
	case !strings.Contains(o, "*"):
		return &networking.StringMatch{MatchType: &networking.StringMatch_Exact{Exact: o}}
	case strings.Index(o, "*") == len(o)-1:
		return &networking.StringMatch{MatchType: &networking.StringMatch_Prefix{Prefix: o[:len(o)-1]}}
	}
	return &networking.StringMatch{MatchType: &networking.StringMatch_Regex{Regex: "^" + strings.ReplaceAll(regexp.QuoteMeta(o), `\*`, ".*") + "$"}}
}
