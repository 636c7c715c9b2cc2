package output

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"sem.example/simulate"
)

// Mermaid prints a trace as a sequence diagram: the application, each proxy on the way with what it decides, and the
// endpoint; then what comes back.
func Mermaid(w io.Writer, t *simulate.Trace) error {
	t = quoted(readable(t))
	m := mermaid{trace: t, carried: newCarried(&t.Call)}
	m.participants()
	for _, w := range t.Warnings {
		if w.Step == "input" {
			m.line("Note over client: %s", plain("! "+w.Message))
		}
	}
	m.messages()
	m.back()
	_, err := io.WriteString(w, m.String())
	return err
}

type mermaid struct {
	strings.Builder
	trace   *simulate.Trace
	carried carried
}

func (m *mermaid) line(format string, args ...any) { fmt.Fprintf(m, "  "+format+"\n", args...) }

func (m *mermaid) participants() {
	m.WriteString("sequenceDiagram\n")
	if m.trace.Istio != "" {
		m.line("%%%% %s", plain(releaseText(m.trace)))
	}
	client := "application"
	if m.trace.Call.Direction != "outbound" {
		client = "client"
	}
	m.line("participant client as %s", client)
	for i, h := range m.trace.Hops {
		role := map[bool]string{true: "gateway ", false: "sidecar of "}[h.Proxy.Type == "gateway"]
		m.line("participant proxy%d as %s", i+1, plain(role+proxyName(h.Proxy)))
	}
	if m.arrives() {
		m.line("participant server as %s", plain(m.server()))
	}
}

// arrives reports whether the last proxy passes the call on.
func (m *mermaid) arrives() bool {
	switch m.trace.Verdict {
	case simulate.Delivered, simulate.Passthrough:
		return len(m.trace.Hops) > 0
	}
	return false
}

// server names what the last proxy dials.
func (m *mermaid) server() string {
	all := m.trace.Hops[len(m.trace.Hops)-1].Endpoints
	switch len(all) {
	case 0:
		return "server"
	case 1:
		return fmt.Sprintf("%s:%d", all[0].Address, all[0].Port)
	}
	return fmt.Sprintf("%s:%d and %d more", all[0].Address, all[0].Port, len(all)-1)
}

// messages draws the call from proxy to proxy.
func (m *mermaid) messages() {
	from, over := "client", callTLS(&m.trace.Call)
	for i := range m.trace.Hops {
		h := &m.trace.Hops[i]
		to := fmt.Sprintf("proxy%d", i+1)
		m.line("%s->>%s: %s", from, to, plain(m.carried.words()+over))
		if notes := decisions(h); len(notes) > 0 {
			m.line("Note over %s: %s", to, strings.Join(notes, "<br/>"))
		}
		m.carried.rewrite(h.Rewrite)
		from, over = to, hopTLS(h.TLS)
	}
	if m.arrives() {
		m.line("%s->>server: %s", from, plain(m.carried.words()+over))
	}
}

// back draws the answer, or the end without one.
func (m *mermaid) back() {
	t := m.trace
	last := fmt.Sprintf("proxy%d", len(t.Hops))
	switch {
	case len(t.Hops) == 0:
	case m.arrives():
		m.line("server-->>client: response")
	case t.Verdict.Succeeded():
		answer := fmt.Sprintf("%d %s", t.Status, http.StatusText(t.Status))
		if r := t.Hops[len(t.Hops)-1].Response; r != nil && r.Location != "" {
			answer += " to " + r.Location
		}
		m.line("%s-->>client: %s", last, plain(answer))
	default:
		m.line("%s--xclient: %s", last, plain(strings.TrimSuffix(string(t.Verdict)+": "+t.Sees, ": ")))
	}
	if t.Qualification != "" && len(t.Hops) > 0 {
		m.line("Note over client: %s", plain(string(t.Verdict)+doubt(t)))
	}
}

// decisions are the few of a hop that tell where it leads.
func decisions(h *simulate.Hop) []string {
	var out []string
	add := func(what, name string) {
		if name != "" {
			out = append(out, plain(what+" "+name))
		}
	}
	add("listener", h.Listener)
	add("virtual host", h.VirtualHost)
	add("route", h.Route)
	for _, b := range h.Branches {
		add(fmt.Sprintf("%.4g%%", b.Share*100), b.Cluster)
	}
	if len(h.Branches) == 0 {
		add("cluster", h.Cluster)
	}
	add("✗", h.Error)
	return out
}

// A carried is the request as it is at some point of the way.
type carried struct {
	method, authority, path string // no method: bytes
}

func newCarried(c *simulate.Call) carried {
	_, rest, found := strings.Cut(c.URL, "://")
	if !found {
		rest = c.URL
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	return carried{c.Method, rest[:end], "/" + strings.TrimPrefix(rest[end:], "/")}
}

func (c *carried) rewrite(r *simulate.Rewrite) {
	if r != nil && r.Path != nil {
		c.path = r.Path.To
	}
	if r != nil && r.Authority != nil {
		c.authority = r.Authority.To
	}
}

func (c *carried) words() string {
	if c.method == "" {
		return "bytes"
	}
	return c.method + " " + c.path + " to " + c.authority
}

func callTLS(c *simulate.Call) string {
	return map[string]string{"tls": " over TLS", "mtls": " over mutual TLS"}[c.TLS]
}

func hopTLS(t *simulate.TLS) string {
	switch {
	case t == nil || t.OriginatedBy == "none":
		return ""
	case t.OriginatedBy == "application":
		return " over the application's TLS"
	case strings.HasSuffix(t.Mode, "MUTUAL"):
		return " over mutual TLS"
	}
	return " over TLS"
}

// plain is a text in which Mermaid finds nothing to interpret: entities, ends of statements, HTML, directives, formulas, and the
// word that closes a block.
func plain(s string) string { return endWord.ReplaceAllString(mermaidText.Replace(s), "#101;nd") }

var (
	mermaidText = strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;", "%", "#37;", "{", "#123;", "}", "#125;", "$", "#36;", "\"", "#quot;")
	endWord     = regexp.MustCompile(`\bend\b`)
)
