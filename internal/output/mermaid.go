package output

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"sem.example/internal/lazy"
	"sem.example/simulate"
)

// Mermaid prints a trace as a sequence diagram: the application, each proxy on the way with what it decides, and the
// endpoint; then what comes back. Where a proxy splits requests, each way is an alternative with its share.
func Mermaid(w io.Writer, t *simulate.Trace) error {
	t = quoted(readable(t))
	m := mermaid{trace: t, carried: newCarried(&t.Call)}
	m.participants()
	for _, w := range t.Warnings {
		if w.Step == "input" {
			m.line("Note over client: %s", plain("! "+w.Message))
		}
	}
	m.messages(0, "client", callTLS(&t.Call))
	m.qualification()
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
		m.line("participant server as %s", plain(endpoints(m.trace.Hops[len(m.trace.Hops)-1].Endpoints)))
	}
	for i := range m.trace.Hops {
		for j, b := range others(&m.trace.Hops[i]) {
			if len(b.Endpoints) > 0 {
				m.line("participant %s as %s", branchName(i, j), plain(endpoints(b.Endpoints)))
			}
		}
	}
}

// branchName is the participant at the end of a hop's other branch.
func branchName(hop, branch int) string { return fmt.Sprintf("other%d_%d", hop+1, branch+1) }

// followed is the branch that the trace goes on with; nil where the hop does not split requests.
func followed(h *simulate.Hop) *simulate.Branch {
	if len(h.Branches) < 2 {
		return nil
	}
	return &h.Branches[max(0, slices.IndexFunc(h.Branches, func(b simulate.Branch) bool { return b.Cluster == h.Cluster }))]
}

// others are the branches of a hop that the trace does not follow.
func others(h *simulate.Hop) []*simulate.Branch {
	var out []*simulate.Branch
	for i := range h.Branches {
		if b := &h.Branches[i]; len(h.Branches) > 1 && b != followed(h) {
			out = append(out, b)
		}
	}
	return out
}

// arrives reports whether the last proxy passes the call on.
func (m *mermaid) arrives() bool {
	switch m.trace.Verdict {
	case simulate.Delivered, simulate.Passthrough:
		return len(m.trace.Hops) > 0
	}
	return false
}

// endpoints names what a proxy dials.
func endpoints(all []simulate.Endpoint) string {
	switch len(all) {
	case 0:
		return "server"
	case 1:
		return fmt.Sprintf("%s:%d", all[0].Address, all[0].Port)
	}
	return fmt.Sprintf("%s:%d and %d more", all[0].Address, all[0].Port, len(all)-1)
}

// messages draws the call from a hop on, and what comes back.
func (m *mermaid) messages(i int, from, over string) {
	if i == len(m.trace.Hops) {
		if m.arrives() {
			m.line("%s->>server: %s", from, plain(m.carried.words()+over))
		}
		m.back()
		return
	}
	h := &m.trace.Hops[i]
	to := fmt.Sprintf("proxy%d", i+1)
	m.line("%s->>%s: %s", from, to, plain(m.carried.words()+over))
	if notes := decisions(h); len(notes) > 0 {
		m.line("Note over %s: %s", to, strings.Join(notes, "<br/>"))
	}
	for _, a := range h.Authorizers {
		m.refusal(to, a.Cluster+" denies", a.Denied)
		m.refusal(to, a.Cluster+" does not answer", a.Unavailable)
	}
	before, way := m.carried, followed(h)
	if way != nil {
		m.line("alt %s", plain(share(way)))
	}
	m.carried.rewrite(h.Rewrite)
	m.messages(i+1, to, hopTLS(h.TLS))
	if way == nil {
		return
	}
	for j, b := range others(h) {
		m.line("else %s", plain(share(b)))
		m.other(to, branchName(i, j), b, before)
	}
	m.line("end")
}

// refusal draws the end of a call for what an external authorizer answers, if the call ends there.
func (m *mermaid) refusal(proxy, when string, b simulate.AuthorizerBranch) {
	if b.Verdict == "" {
		return
	}
	m.line("break %s", plain(when))
	text := string(b.Verdict)
	if b.Status != 0 {
		text = fmt.Sprintf("%s: %d %s", text, b.Status, http.StatusText(b.Status))
	}
	m.line("%s--xclient: %s", proxy, plain(text))
	m.line("end")
}

// other draws the end of a branch that the trace does not follow.
func (m *mermaid) other(proxy, name string, b *simulate.Branch, request carried) {
	if !b.Verdict.Succeeded() || len(b.Endpoints) == 0 {
		m.line("%s--xclient: %s", proxy, plain(string(b.Verdict)))
		return
	}
	request.rewrite(b.Rewrite)
	m.line("%s->>%s: %s", proxy, name, plain(request.words()+hopTLS(b.TLS)))
	m.line("%s-->>client: response", name)
}

func share(b *simulate.Branch) string { return fmt.Sprintf("%.4g%% %s", b.Share*100, b.Cluster) }

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
}

func (m *mermaid) qualification() {
	if t := m.trace; t.Qualification != "" && len(t.Hops) > 0 {
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
	if followed(h) == nil {
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
func plain(s string) string { return endWord().ReplaceAllString(mermaidText.Replace(s), "#101;nd") }

var (
	mermaidText = strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;", "%", "#37;", "{", "#123;", "}", "#125;", "$", "#36;", "\"", "#quot;")
	endWord     = lazy.Regexp(`\bend\b`)
)
