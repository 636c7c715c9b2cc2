package output

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/upgrade"
	"sem.example/simulate"
)

// UpgradeText prints what another release of Istio changes, for people.
func UpgradeText(w io.Writer, r *upgrade.Report, look Look) error {
	r = texts(r, Quote)
	p := upgradePrinter{look: look, palette: look.palette(w)}
	p.heading(UpgradeSummary(r))
	p.documents(r)
	p.resources(r)
	p.requests(r)
	if n := r.Summary.Unshown; n > 0 {
		p.wrap("", unshownText(n))
	}
	if len(r.Untouched) > 0 {
		p.wrap("", "changes of Istio that do not touch this mesh: "+strings.Join(r.Untouched, ", "))
	}
	for _, part := range r.Unread {
		p.wrap("", "not read: "+part)
	}
	for _, v := range r.Unmodelled {
		p.wrap("", "not modelled: the variable "+v+" of istiod")
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// UpgradeSummary is an upgrade in one line.
func UpgradeSummary(r *upgrade.Report) string {
	s := r.Summary
	text := fmt.Sprintf("Istio %s (Envoy %s) → %s (Envoy %s): ", r.From.Istio, r.From.Envoy, r.To.Istio, r.To.Envoy)
	if s.Decide == 0 {
		text += "nothing to decide"
	} else {
		text += fmt.Sprintf("%s to decide", count(s.Decide, "change"))
	}
	return text + fmt.Sprintf("; %s of documents; %s in %d of %s of equal proxies; %s with a different result, %d undecided",
		count(s.Documents, "change"), count(s.Resources, "changed resource"), s.Differing, count(s.Classes, "group"), groups(s.Requests), s.Undecided)
}

// unshownText is about groups of requests that resources which differ make no difference to.
func unshownText(n int) string {
	verb := "use"
	if n == 1 {
		verb = "uses"
	}
	return fmt.Sprintf("%s %s changed resources; no request that was tried has a different result", groups(n), verb)
}

func groups(n int) string {
	if n == 1 {
		return "1 group of requests"
	}
	return fmt.Sprintf("%d groups of requests", n)
}

type upgradePrinter struct {
	strings.Builder
	look    Look
	palette palette
}

func (p *upgradePrinter) heading(text string) {
	p.WriteString(p.palette.strong.Render(strings.Join(wrap(text, p.look.columns()), "\n")) + "\n\n")
}

// wrap writes a paragraph behind a margin.
func (p *upgradePrinter) wrap(margin, text string) {
	for _, line := range wrap(text, p.look.columns()-len(margin)) {
		p.WriteString(margin + line + "\n")
	}
}

func (p *upgradePrinter) documents(r *upgrade.Report) {
	if len(r.Documents) == 0 {
		return
	}
	p.heading("Documents")
	for _, d := range r.Documents {
		ink := p.palette.warn
		if !d.Decide {
			ink = p.palette.dim
		}
		fmt.Fprintf(p, "  %s: %s %s%s\n", placeText(&d.Origin, ""), documentName(&d.Origin), ink.Render(string(d.Change)), rowsText(d.Rows))
		p.wrap("    ", d.Check+": "+d.Message)
	}
	p.WriteByte('\n')
}

func (p *upgradePrinter) resources(r *upgrade.Report) {
	if len(r.Resources) == 0 {
		return
	}
	p.heading("Resources")
	for _, ch := range r.Resources {
		fmt.Fprintf(p, "  %s\n", p.palette.strong.Render(rowTitle(&ch)))
		p.wrap("    ", ch.Text)
		if ch.Env != "" {
			p.wrap("    ", "to keep it as it was: "+ch.Env+" in the environment of istiod")
		}
		p.wrap("    ", countsText(ch.Counts)+" of "+proxiesText(ch.Proxies))
		e := ch.Example
		p.wrap("    ", fmt.Sprintf("for example %s %s of %s:", strings.TrimSuffix(e.Type, "s"), e.Name, e.Proxy))
		for _, f := range e.Fields {
			p.wrap("      ", f)
		}
		if len(ch.Origins) > 0 {
			p.wrap("    ", "from "+originsText(ch.Origins))
		}
		p.WriteByte('\n')
	}
}

func (p *upgradePrinter) requests(r *upgrade.Report) {
	if len(r.Requests)+len(r.Undecided) == 0 {
		return
	}
	p.heading("Requests")
	for _, c := range r.Requests {
		fmt.Fprintf(p, "  %s: %s%s\n", p.palette.warn.Render(string(c.Kind)), c.Region, rowsText(c.Rows))
		fmt.Fprintf(p, "    %s → %s\n", c.From, c.To)
		for _, d := range c.Details {
			fmt.Fprintf(p, "      %s\n", d)
		}
		fmt.Fprintf(p, "    for      %s, %s\n", proxiesText(c.Proxies), c.Direction)
		fmt.Fprintf(p, "    example  %s\n", c.Command)
		fmt.Fprintf(p, "    because  %s → %s\n", placesText(c.Old), placesText(c.New))
	}
	for _, u := range r.Undecided {
		fmt.Fprintf(p, "  undecided: %s\n    %s\n    for      %s, %s\n", u.Region, u.Why, proxiesText(u.Proxies), u.Direction)
	}
	p.WriteByte('\n')
}

func rowTitle(ch *upgrade.ResourceChange) string {
	if ch.Row == "" {
		return "other changes"
	}
	return fmt.Sprintf("%s (%s, since %s)", ch.Row, ch.Kind, ch.Since)
}

func rowsText(rows []string) string {
	if len(rows) == 0 {
		return ""
	}
	return "  [" + strings.Join(rows, ", ") + "]"
}

// countsText counts resources by type: "12 clusters, 3 routes".
func countsText(counts map[string]int) string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, count(counts[kind], strings.TrimSuffix(kind, "s")))
	}
	return strings.Join(parts, ", ")
}

// shownOrigins is how many places of a row are named.
const shownOrigins = 4

func originsText(all []simulate.Place) string {
	var out []string
	for i := range all {
		if at := placeText(&all[i], ""); !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	text := strings.Join(out[:min(shownOrigins, len(out))], ", ")
	if n := len(out) - shownOrigins; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// UpgradeMarkdown prints what another release of Istio changes, for a ticket.
func UpgradeMarkdown(w io.Writer, r *upgrade.Report) error {
	r = texts(r, Quote)
	var m markdown
	m.line("### What the upgrade changes\n\n%s.", sentence(UpgradeSummary(r)))
	var rows [][]string
	for _, d := range r.Documents {
		rows = append(rows, []string{"**" + string(d.Change) + "**", sentence(documentName(&d.Origin)), sentence(d.Message), sentence(strings.Join(d.Rows, ", ")), code(placeText(&d.Origin, ""))})
	}
	m.table([]string{"change", "document", "finding", "because of", "place"}, rows)
	rows = nil
	for _, ch := range r.Resources {
		example := sentence(fmt.Sprintf("%s of %s: ", strings.TrimSuffix(ch.Example.Type, "s")+" "+ch.Example.Name, ch.Example.Proxy)) + code(strings.Join(ch.Example.Fields, "; "))
		rows = append(rows, []string{sentence(rowTitle(&ch)), sentence(ch.Text), sentence(countsText(ch.Counts)), sentence(proxiesText(ch.Proxies)), example, sentence(originsText(ch.Origins))})
	}
	m.table([]string{"change of Istio", "what it does", "resources", "proxies", "example", "places"}, rows)
	rows = nil
	for _, c := range r.Requests {
		rows = append(rows, []string{"**" + string(c.Kind) + "**", sentence(c.Region), code(c.From) + " → " + code(c.To), sentence(strings.Join(c.Rows, ", ")), sentence(proxiesText(c.Proxies)), code(c.Command)})
	}
	for _, u := range r.Undecided {
		rows = append(rows, []string{"undecided", sentence(u.Region), sentence(string(u.Why)), "", sentence(proxiesText(u.Proxies)), ""})
	}
	m.table([]string{"change", "requests", "result", "because of", "proxies", "example"}, rows)
	if n := r.Summary.Unshown; n > 0 {
		m.paragraph(sentence(unshownText(n) + "."))
	}
	if len(r.Untouched) > 0 {
		m.paragraph(sentence("Changes of Istio that do not touch this mesh: " + strings.Join(r.Untouched, ", ") + "."))
	}
	for _, part := range r.Unread {
		m.line("- not read: %s", sentence(part))
	}
	for _, v := range r.Unmodelled {
		m.line("- not modelled: the variable %s of istiod", code(v))
	}
	_, err := io.WriteString(w, m.String())
	return err
}
