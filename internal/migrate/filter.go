package migrate

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/source"
)

// headerFilters translates changes of headers.
func (c *remarks) headerFilters(h *networking.Headers, at config.Place) []*source.Node {
	var out []*source.Node
	for _, f := range []struct {
		kind, field string
		ops         *networking.Headers_HeaderOperations
	}{{"RequestHeaderModifier", "requestHeaderModifier", h.GetRequest()}, {"ResponseHeaderModifier", "responseHeaderModifier", h.GetResponse()}} {
		if len(f.ops.GetSet())+len(f.ops.GetAdd())+len(f.ops.GetRemove()) == 0 {
			continue
		}
		c.hostHeaders(f.ops, at)
		settings := object()
		if set := headerList(f.ops.GetSet()); set != nil {
			settings = settings.With("set", set)
		}
		if add := headerList(f.ops.GetAdd()); add != nil {
			settings = settings.With("add", add)
		}
		if remove := value(distinct(slices.DeleteFunc(slices.Clone(f.ops.GetRemove()), pseudo))); remove != nil {
			settings = settings.With("remove", remove)
		}
		if len(settings.Fields) == 0 {
			continue
		}
		out = append(out, object("type", f.kind, f.field, settings))
	}
	return out
}

// hostHeaders remarks on names that a filter does not have, or has another filter for.
func (c *remarks) hostHeaders(ops *networking.Headers_HeaderOperations, at config.Place) {
	names := slices.Concat(slices.Sorted(maps.Keys(ops.GetSet())), slices.Sorted(maps.Keys(ops.GetAdd())), ops.GetRemove())
	for _, name := range names {
		switch {
		case pseudo(name):
			c.lost(at, "headers: a filter changes no pseudo-header such as "+name+"; a filter URLRewrite sets the authority")
		case strings.EqualFold(name, "host"):
			c.changed(at, "headers: header "+name+" is changed as any other; a filter URLRewrite sets the authority")
		}
	}
}

// pseudo reports whether the name of a header is one of HTTP/2's own.
func pseudo(name string) bool { return strings.HasPrefix(name, ":") }

func headerList(headers map[string]string) *source.Node {
	var out []*source.Node
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if pseudo(name) {
			continue
		}
		out = append(out, object("name", name, "value", headers[name]))
	}
	return list(out)
}

// redirect translates a redirect. The default of the status differs, so that it is always said.
func (c *remarks) redirect(in config.Setting[*networking.HTTPRedirect]) *source.Node {
	r := in.Value
	status := r.GetRedirectCode()
	if status == 0 {
		status = 301
	}
	if !slices.Contains([]uint32{301, 302, 303, 307, 308}, status) {
		c.lost(in.At.Sub("redirectCode"), "redirectCode: a route redirects with 301, 302, 303, 307 or 308")
		status = 302
	}
	out := object("scheme", some(r.GetScheme()), "hostname", some(hostOf(r.GetAuthority())))
	switch {
	case r.GetUri() != "":
		out = out.With("path", object("type", "ReplaceFullPath", "replaceFullPath", r.GetUri()))
	case r.GetPrefixRewrite() != "":
		out = out.With("path", object("type", "ReplacePrefixMatch", "replacePrefixMatch", r.GetPrefixRewrite()))
	}
	port := r.GetPort()
	if _, after, ok := strings.Cut(r.GetAuthority(), ":"); ok && port == 0 {
		n, _ := strconv.ParseUint(after, 10, 16)
		port = uint32(n)
	}
	if port != 0 {
		out = out.With("port", value(port))
	}
	if _, derived := r.GetRedirectPort().(*networking.HTTPRedirect_DerivePort); derived {
		c.changed(in.At.Sub("derivePort"), "derivePort: without a port, a route takes that of the listener, or of the scheme")
	}
	return out.With("statusCode", value(status))
}

func hostOf(authority string) string {
	host, _, _ := strings.Cut(authority, ":")
	return host
}

// rewrite translates a rewrite of requests that a match is for.
func (c *remarks) rewrite(in routing.Rewrite, m routing.HTTPMatch) *source.Node {
	out := object()
	if in.Authority.IsSet() {
		host := in.Authority.Value
		if strings.Contains(host, ":") {
			c.lost(in.Authority.At, "authority: a rewrite has a host name without a port")
			host = hostOf(host)
		}
		out = out.With("hostname", source.Text(host))
	}
	switch {
	case in.Regex.IsSet():
		c.lost(in.Regex.At, "uriRegexRewrite: a route replaces the whole path or a prefix")
	case in.Path.IsSet() && (m.Path.Kind == routing.Exact || m.Path.Kind == routing.Regex || m.IgnorePathCase):
		out = out.With("path", object("type", "ReplaceFullPath", "replaceFullPath", in.Path.Value))
	case in.Path.IsSet():
		out = out.With("path", object("type", "ReplacePrefixMatch", "replacePrefixMatch", in.Path.Value))
	}
	if len(out.Fields) == 0 {
		return nil
	}
	return out
}

// cors translates a CORS policy; nil where no origin is left.
func (c *remarks) cors(in config.Setting[*networking.CorsPolicy]) *source.Node {
	p, at := in.Value, in.At
	var origins []string
	for i, o := range p.GetAllowOrigins() {
		switch m := routing.StringMatchOf(o); {
		case m.Kind == routing.Exact:
			origins = append(origins, m.Value)
		case m.Kind == routing.Regex && (m.Value == ".*" || m.Value == "*"):
			origins = append(origins, "*")
		default:
			c.lost(at.Sub("allowOrigins").Item(i), "allowOrigins: an origin of a route is a host, perhaps with *.; this one is left out")
		}
	}
	if len(p.GetAllowOrigins()) == 0 {
		origins = p.GetAllowOrigin() // its former name
	}
	if len(origins) == 0 {
		return nil
	}
	if p.GetUnmatchedPreflights() != networking.CorsPolicy_IGNORE {
		c.changed(at, "corsPolicy: a route responds to preflights of other origins, which were forwarded")
	}
	out := object()
	for _, f := range []struct {
		key  string
		list []string
	}{{"allowOrigins", origins}, {"allowMethods", p.GetAllowMethods()}, {"allowHeaders", p.GetAllowHeaders()}, {"exposeHeaders", p.GetExposeHeaders()}} {
		if n := value(distinct(f.list)); n != nil {
			out = out.With(f.key, n)
		}
	}
	if p.GetAllowCredentials().GetValue() {
		out = out.With("allowCredentials", value(true))
	}
	if age := p.GetMaxAge(); age != nil && age.AsDuration() >= time.Second {
		out = out.With("maxAge", value(int(age.AsDuration()/time.Second)))
	} else {
		c.changed(at, "maxAge: the default of a route is 5 seconds")
	}
	return out
}

// timeouts translates the time limits and retries of a rule.
func (c *remarks) timeouts(r *routing.HTTPRule) (timeouts, retry *source.Node) {
	timeouts = object()
	if r.Timeout.IsSet() {
		timeouts = c.withDuration(timeouts, "request", r.Timeout.Value.AsDuration(), r.Timeout.At)
	}
	if in := r.Retries.Value; r.Retries.IsSet() {
		retry = c.retry(in, r.Retries.At)
		if in.GetPerTryTimeout() != nil {
			timeouts = c.withDuration(timeouts, "backendRequest", in.GetPerTryTimeout().AsDuration(), r.Retries.At.Sub("perTryTimeout"))
		}
	}
	if len(timeouts.Fields) == 0 {
		timeouts = nil
	}
	return timeouts, retry
}

// always are the conditions on which a route of the Gateway API retries, whatever it says.
var always = []string{"connect-failure", "refused-stream", "unavailable", "cancelled"}

func (c *remarks) retry(in *networking.HTTPRetry, at config.Place) *source.Node {
	if in.GetAttempts() == 0 {
		c.lost(at, "retries: attempts 0 cannot be said; a route without retry has the default of the mesh")
		return nil
	}
	var codes []int
	for on := range strings.SplitSeq(in.GetRetryOn(), ",") {
		on = strings.TrimSpace(on)
		code, err := strconv.Atoi(on)
		switch {
		case on == "", slices.Contains(always, on), on == "retriable-status-codes":
		case err == nil && code >= 400 && code <= 599:
			codes = append(codes, code)
		case on == "gateway-error":
			codes = append(codes, 502, 503, 504)
		default:
			c.lost(at.Sub("retryOn"), "retryOn: a route retries on "+strings.Join(always, ", ")+" and on statuses, not on "+on)
		}
	}
	if in.GetRetryOn() != "" && slices.ContainsFunc(always, func(on string) bool { return !strings.Contains(in.GetRetryOn(), on) }) {
		c.changed(at.Sub("retryOn"), "retryOn: a route also retries on "+strings.Join(always, ", "))
	}
	for _, f := range []struct {
		field string
		set   bool
	}{{"retryRemoteLocalities", in.GetRetryRemoteLocalities() != nil}, {"retryIgnorePreviousHosts", in.GetRetryIgnorePreviousHosts() != nil}} {
		if f.set {
			c.lost(at.Sub(f.field), f.field+": a route has no such setting")
		}
	}
	out := object("attempts", in.GetAttempts())
	if codes != nil {
		var nodes []*source.Node
		for _, code := range distinct(codes) {
			nodes = append(nodes, value(code))
		}
		out = out.With("codes", list(nodes))
	}
	if in.GetBackoff() != nil {
		out = c.withDuration(out, "backoff", in.GetBackoff().AsDuration(), at.Sub("backoff"))
	}
	return out
}

// withDuration adds a duration, which the Gateway API writes in whole milliseconds.
func (c *remarks) withDuration(n *source.Node, key string, d time.Duration, at config.Place) *source.Node {
	if d%time.Millisecond != 0 {
		c.lost(at, "a duration of a route has whole milliseconds")
		d = d.Round(time.Millisecond)
	}
	text := ""
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if whole := d / unit.size; whole > 0 {
			text += strconv.Itoa(int(whole)) + unit.name
			d %= unit.size
		}
	}
	if text == "" {
		text = "0s"
	}
	return n.With(key, source.Text(text))
}
