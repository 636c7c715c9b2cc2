package suite

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"sem.example/internal/source"
)

// wanted writes what a trace has where the rule is as the case says.
func (c *converter) wanted(n *source.Node) {
	aborted := c.fault(n.Get("fault"))
	switch route := n.Get("route"); {
	case route == nil || len(route.Items) == 0:
	case aborted:
		c.note(route, "the route: every request is aborted before it")
	case len(route.Items) == 1:
		c.destination(route.Items[0])
	default:
		c.expect("branches: %s", c.branches(route))
	}
	if r := n.Get("redirect"); r != nil {
		c.expect("verdict: REDIRECTED")
		c.redirect(r)
	}
	if r := n.Get("rewrite"); r != nil {
		c.rewrite(r)
	}
	if h := n.Get("headers"); h != nil {
		c.headers(h)
	}
	if d := n.Get("delegate"); d != nil {
		c.expect("steps: %s", c.delegate(d))
	}
}

// unwanted writes what a trace does not have where the rule is not as the case says. Each part stands for itself: a rule that is
// one of them would fail the case.
func (c *converter) unwanted(n *source.Node) {
	if route := n.Get("route"); route != nil && len(route.Items) == 1 {
		c.expect("cluster: {regex: %s}", flowText(c.cluster(route.Items[0])))
	} else if route != nil && len(route.Items) > 1 {
		c.expect("branches: %s", c.branches(route))
	}
	if r := n.Get("redirect"); r != nil {
		c.redirect(r)
	}
	if r := n.Get("rewrite"); r != nil {
		c.rewrite(r)
	}
	if d := n.Get("delegate"); d != nil {
		c.expect("steps: %s", c.delegate(d))
	}
	for _, part := range []string{"fault", "headers"} {
		if p := n.Get(part); p != nil {
			c.note(p, "%s that must not be so", part)
		}
	}
}

// destination writes the only destination of a route.
func (c *converter) destination(n *source.Node) {
	c.leftOver(n, "the route", "destination", "weight")
	d := n.Get("destination")
	if d == nil {
		return
	}
	parts := []string{"host: " + c.host(d)}
	if s := d.Get("subset"); s != nil {
		parts = append(parts, "subset: "+c.text(s))
	} else {
		parts = append(parts, "subset: {absent: true}")
	}
	if port := portOf(d); port != "" {
		parts = append(parts, "port: "+port)
	}
	c.expect("destination: %s", inBraces(parts))
}

func portOf(destination *source.Node) string {
	if n := destination.Get("port").Get("number"); n != nil && n.Kind == source.Number {
		return n.Text
	}
	return ""
}

// host is a host as a trace names it, which is in full.
func (c *converter) host(destination *source.Node) string {
	name := destination.StringAt("host")
	if strings.Contains(name, ".") {
		return flowText(name)
	}
	return "{regex: " + flowText(regexp.QuoteMeta(name)+`(\..*)?`) + "}"
}

// cluster is the expression that the cluster of a destination fits.
func (c *converter) cluster(route *source.Node) string {
	c.leftOver(route, "the route", "destination", "weight")
	d := route.Get("destination")
	host := regexp.QuoteMeta(d.StringAt("host"))
	if !strings.Contains(host, ".") {
		host += `(\..*)?`
	}
	return fmt.Sprintf(`outbound\|%s\|%s\|%s`, cmp.Or(portOf(d), "[0-9]+"), regexp.QuoteMeta(d.StringAt("subset")), host)
}

// branches are the destinations of a route with their shares, those without a weight left out as Envoy does.
func (c *converter) branches(route *source.Node) string {
	total := 0.0
	weights := make([]float64, len(route.Items))
	for i, item := range route.Items {
		if w := item.Get("weight"); w != nil {
			weights[i], _ = strconv.ParseFloat(w.Text, 64)
		}
		total += weights[i]
	}
	var out []string
	for i, item := range route.Items {
		if weights[i] > 0 {
			share := strconv.FormatFloat(weights[i]/total, 'f', -1, 64)
			out = append(out, fmt.Sprintf("{share: %s, cluster: {regex: %s}}", share, flowText(c.cluster(item))))
		}
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// redirect writes where a redirection leads to.
func (c *converter) redirect(n *source.Node) {
	c.leftOver(n, "the redirect", "uri", "authority", "redirectCode", "scheme")
	if code := n.Get("redirectCode"); code != nil {
		c.expect("response.status: %s", code.Text)
	}
	text := func(key, otherwise string) string {
		if n.Get(key) == nil {
			return otherwise
		}
		return regexp.QuoteMeta(n.StringAt(key))
	}
	if n.Get("uri") == nil && n.Get("authority") == nil && n.Get("scheme") == nil {
		return
	}
	location := text("scheme", "https?") + "://" + text("authority", "[^/]*") + `(:[0-9]+)?` + text("uri", "/.*") + `(\?.*)?`
	c.expect("response.location: {regex: %s}", flowText(location))
}

// rewrite writes what the upstream receives. What a path becomes depends on the match, but begins with what is written.
func (c *converter) rewrite(n *source.Node) {
	c.leftOver(n, "the rewrite", "uri", "authority")
	if n.Get("uri") != nil {
		c.expect("rewrite.path.to: {regex: %s}", flowText(regexp.QuoteMeta(n.StringAt("uri"))+".*"))
	}
	if n.Get("authority") != nil {
		c.expect("rewrite.authority.to: %s", flowText(n.StringAt("authority")))
	}
}

// fault writes what is injected, and reports whether that ends every request.
func (c *converter) fault(n *source.Node) (aborted bool) {
	if n == nil {
		return false
	}
	c.leftOver(n, "the fault", "abort", "delay")
	if abort := n.Get("abort"); abort != nil {
		c.leftOver(abort, "the abort", "httpStatus", "percentage")
		share := shareOf(abort)
		if aborted = share == 1; aborted {
			c.expect("verdict: FAULT_ABORTED")
		}
		if status := abort.Get("httpStatus"); status != nil && aborted {
			c.expect("status: %s", status.Text)
		} else if status != nil {
			c.expect("policy.fault.abortStatus: %s", status.Text)
			c.expect("policy.fault.abortShare: %s", strconv.FormatFloat(share, 'f', -1, 64))
		}
	}
	if delay := n.Get("delay"); delay != nil {
		c.leftOver(delay, "the delay", "fixedDelay", "percentage")
		if d, err := time.ParseDuration(delay.StringAt("fixedDelay")); err == nil {
			c.expect("policy.fault.delay: %s", d)
			c.expect("policy.fault.delayShare: %s", strconv.FormatFloat(shareOf(delay), 'f', -1, 64))
		}
	}
	return aborted
}

// shareOf is the percentage of a fault, 0 to 1; all where none is given.
func shareOf(n *source.Node) float64 {
	value := n.Get("percentage").Get("value")
	if value == nil {
		return 1
	}
	percent, _ := strconv.ParseFloat(value.Text, 64)
	return percent / 100
}

// headers writes the operations on headers.
func (c *converter) headers(n *source.Node) {
	c.leftOver(n, "the headers", "request", "response")
	for _, side := range []string{"request", "response"} {
		ops := n.Get(side)
		if ops == nil {
			continue
		}
		c.leftOver(ops, "the headers", "set", "add", "remove")
		for _, op := range []string{"set", "add"} {
			if m := ops.Get(op); m != nil && len(m.Fields) > 0 {
				c.expect("headers.%s.%s: %s", side, op, c.pairs(m))
			}
		}
		if list := ops.Get("remove"); list != nil && len(list.Items) > 0 {
			var names []string
			for _, item := range list.Items {
				names = append(names, c.text(item))
			}
			c.expect("headers.%s.remove: {contains: [%s]}", side, strings.Join(names, ", "))
		}
	}
}

// delegate is the step that takes a rule of another VirtualService.
func (c *converter) delegate(n *source.Node) string {
	parts := []string{"kind: VirtualService"}
	for _, key := range []string{"namespace", "name"} {
		if v := n.Get(key); v != nil {
			parts = append(parts, key+": "+c.text(v))
		}
	}
	return fmt.Sprintf("{contains: {stage: route, origins: {contains: %s}}}", inBraces(parts))
}
