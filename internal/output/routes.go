package output

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"sem.example/internal/diff"
	"sem.example/simulate"
)

// RoutesText prints the effective routing, a line a route. A route is named by its resource and field, not by its line in a file:
// the text is the same however the files are laid out.
func RoutesText(w io.Writer, l *diff.RouteList) error {
	return writeRoutes(w, l, func(b *strings.Builder, r *diff.ListedRoute, _ *diff.ListedRoute) {
		fmt.Fprintf(b, "%s  %s  → %s\n", routeHost(r), routeMatch(r), strings.Join(append([]string{routeAction(r)}, routeDetails(r)...), "  "))
	})
}

// RoutesTree prints the effective routing for reading: the routes of a host below it, and what else they do below each.
func RoutesTree(w io.Writer, l *diff.RouteList) error {
	return writeRoutes(w, l, func(b *strings.Builder, r, before *diff.ListedRoute) {
		if before == nil || routeHost(before) != routeHost(r) {
			fmt.Fprintf(b, "%s\n", routeHost(r))
		}
		fmt.Fprintf(b, "  %s\n    → %s\n", routeMatch(r), routeAction(r))
		for _, line := range routeDetails(r) {
			fmt.Fprintf(b, "      %s\n", line)
		}
	})
}

func writeRoutes(w io.Writer, l *diff.RouteList, route func(b *strings.Builder, r, before *diff.ListedRoute)) error {
	l = texts(l, Quote)
	var b strings.Builder
	for i, g := range l.Groups {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "# %s: %s\n", g.Direction, strings.Join(g.Proxies, ", "))
		if len(g.NotModelled) > 0 {
			fmt.Fprintf(&b, "# not modelled: %s\n", strings.Join(g.NotModelled, "; "))
		}
		for i := range g.Routes {
			var before *diff.ListedRoute
			if i > 0 {
				before = &g.Routes[i-1]
			}
			route(&b, &g.Routes[i], before)
		}
	}
	for _, part := range l.Unread {
		fmt.Fprintf(&b, "# not read: %s\n", part)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func routeHost(r *diff.ListedRoute) string {
	host := r.Host
	if host == "*" {
		host = "any other host"
	}
	if r.Port == 0 {
		return host
	}
	if strings.Contains(host, ":") {
		return net.JoinHostPort(host, strconv.Itoa(int(r.Port)))
	}
	return fmt.Sprintf("%s:%d", host, r.Port)
}

func routeMatch(r *diff.ListedRoute) string {
	if len(r.Match) == 0 {
		return "any request"
	}
	return strings.Join(r.Match, " and ")
}

// routeAction is where requests go, or what they get.
func routeAction(r *diff.ListedRoute) string {
	switch {
	case r.Never == diff.Impossible:
		return "never: no request to this host can match"
	case r.Never == diff.Covered:
		return "never: earlier routes take every request"
	case r.Never == diff.NotFound:
		return "undecided: no request that takes it was found"
	case r.Response != nil && len(r.Destinations) == 0:
		text := fmt.Sprintf("%s %d", verdictWords(r.Verdict), r.Response.Status)
		if r.Response.Location != "" {
			text += " " + r.Response.Location
		}
		return text
	}
	var all []string
	for _, d := range r.Destinations {
		all = append(all, destinationText(d, d.Share < 1))
	}
	text := strings.Join(all, ", ")
	if !r.Verdict.Succeeded() || text == "" {
		text = strings.TrimSpace(text + " (" + verdictWords(r.Verdict) + ")")
	}
	return text
}

func verdictWords(v simulate.Verdict) string {
	return strings.ToLower(strings.ReplaceAll(string(v), "_", " "))
}

func destinationText(d diff.RouteDestination, share bool) string {
	text := d.Cluster
	if d.Host != "" {
		text = fmt.Sprintf("%s:%d", d.Host, d.Port)
	}
	if d.Subset != "" {
		text += " subset " + d.Subset
	}
	if share {
		text = fmt.Sprintf("%.4g%% %s", 100*d.Share, text)
	}
	if d.TLS != "" && d.TLS != "DISABLE" {
		text += " (" + cmp.Or(tlsWords[d.TLS], "TLS "+d.TLS) + ")"
	}
	return text
}

// usualAttempts is how often Istio lets a request be repeated where no rule says otherwise.
const usualAttempts = 2

// routeDetails are what else happens to a request, and which resource says so.
func routeDetails(r *diff.ListedRoute) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if w := r.Rewrite; w != nil {
		if w.Path != nil {
			add("rewrite path %s to %s", w.Path.From, w.Path.To)
		}
		if w.Authority != nil {
			add("rewrite host to %s", w.Authority.To)
		}
	}
	for _, line := range headerLines(r.Headers) {
		add("%s", line)
	}
	if p := r.Policy; p != nil {
		all = append(all, routePolicy(p)...)
	}
	if w := r.Written; w != nil {
		add("by %s %s/%s %s", w.Kind, w.Namespace, w.Name, w.Field)
	}
	return all
}

func routePolicy(p *simulate.Policy) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if p.Timeout != "" {
		add("timeout %s", p.Timeout)
	}
	if t := p.Retries; t != nil && (t.Attempts != usualAttempts || t.PerTryTimeout != "") {
		text := fmt.Sprintf("retries %d", t.Attempts)
		if t.PerTryTimeout != "" {
			text += " of " + t.PerTryTimeout
		}
		add("%s", text)
	}
	if f := p.Fault; f != nil {
		if f.DelayShare > 0 {
			add("delay %.4g%% by %s", 100*f.DelayShare, f.Delay)
		}
		if f.AbortShare > 0 {
			add("abort %.4g%% with %d", 100*f.AbortShare, f.AbortStatus)
		}
	}
	for _, m := range p.Mirrors {
		add("mirror %.4g%% to %s", 100*m.Share, m.Cluster)
	}
	return all
}
