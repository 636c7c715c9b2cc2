package output

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// Report prints findings for people: each with its place, the line that it is about and what to do, and at the end one
// line that counts them. What is suppressed is counted only.
func Report(w io.Writer, r *diag.Report, look Look) error {
	p := reportPrinter{look: look, palette: look.palette(w)}
	seen := map[*diag.Check]int{}
	for i := range r.Findings {
		d := &r.Findings[i]
		if d.Suppressed != nil || d.Unchanged {
			continue
		}
		if seen[d.Check]++; look.All || seen[d.Check] <= shownFindings {
			p.finding(d)
		}
	}
	if !look.All {
		p.rest(seen)
	}
	p.summary(r)
	_, err := io.WriteString(w, p.String())
	return err
}

// shownFindings is how many findings of a check text shows unless all are asked for: nobody reads on, and there may be many.
const shownFindings = 200

// rest counts the findings that are not shown, by check.
func (p *reportPrinter) rest(seen map[*diag.Check]int) {
	checks := slices.SortedFunc(maps.Keys(seen), func(a, b *diag.Check) int { return cmp.Compare(a.ID, b.ID) })
	cut := false
	for _, c := range checks {
		if more := seen[c] - shownFindings; more > 0 {
			cut = true
			fmt.Fprintf(p, "%s: %d more like these (--all shows them)\n", c.ID, more)
		}
	}
	if cut {
		p.WriteByte('\n')
	}
}

type reportPrinter struct {
	strings.Builder
	look    Look
	palette palette
}

func (p *reportPrinter) finding(d *diag.Diagnostic) {
	ink := p.ink(d.Level())
	p.headline(p.place(d.At)+": "+ink.Render(string(d.Level())+"["+d.Check.ID+"]")+": ", Quote(d.Message), p.palette.strong)
	p.excerpt(d.At, title(d.At), ink)
	for _, r := range d.Related {
		p.headline("  "+p.place(r.Place)+": note: ", Quote(r.Note), lipgloss.NewStyle())
		p.excerpt(r.Place, "", p.palette.dim)
	}
	p.help(d.Advice())
	p.WriteByte('\n')
}

// headline writes a place and a message: on one line for programs, and at a terminal on lines that do not break words.
func (p *reportPrinter) headline(lead, text string, style lipgloss.Style) {
	text = lead + style.Render(text)
	if p.look.Terminal {
		text = strings.Join(wrap(text, p.look.columns()-4), "\n    ")
	}
	p.WriteString(text + "\n")
}

func (p *reportPrinter) place(at source.Place) string {
	name := placeName(at)
	shown := p.palette.place.Render(name)
	return strings.Replace(shown, name, p.look.linked(name, fileName(at.Source()), int(at.Range().Line)), 1)
}

// Places are findings on a line each: the place and the message.
func Places(findings diag.List) []string {
	var lines []string
	for i := range findings {
		lines = append(lines, placeName(findings[i].At)+": "+Quote(findings[i].Message))
	}
	return lines
}

// placeName is a place in the form that editors and terminals understand.
func placeName(at source.Place) string {
	name := cmp.Or(Quote(fileName(at.Source())), "input")
	if r := at.Range(); r.Known() {
		return fmt.Sprintf("%s:%d:%d", name, r.Line, r.Column)
	}
	return name
}

// title names the object and the field of a place, which the line alone seldom does.
func title(at source.Place) string {
	if at.Doc == nil || at.Doc.Kind == "" {
		return ""
	}
	name := objectName(at.Doc)
	if at.Field != "" {
		name += ", " + Quote(at.Field)
	}
	return name
}

// objectName is the kind, namespace and name of a document.
func objectName(doc *source.Document) string {
	name := doc.Name
	if doc.Namespace != "" {
		name = doc.Namespace + "/" + name
	}
	return Quote(strings.TrimSpace(doc.Kind + " " + name))
}

func (p *reportPrinter) ink(s diag.Severity) lipgloss.Style {
	switch s {
	case diag.Error:
		return p.palette.bad
	case diag.Warning:
		return p.palette.warn
	}
	return p.palette.place
}

// help writes what to do, wrapped and aligned.
func (p *reportPrinter) help(text string) {
	if text == "" {
		return
	}
	lead := p.palette.good.Render("  help: ")
	width := lipgloss.Width(lead)
	for _, line := range wrap(Quote(strings.Join(strings.Fields(text), " ")), p.look.columns()-width) {
		p.WriteString(lead + line + "\n")
		lead = strings.Repeat(" ", width)
	}
}

// summary writes the last line.
func (p *reportPrinter) summary(r *diag.Report) {
	var parts []string
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Info} {
		if n := r.Count(s); n > 0 {
			parts = append(parts, count(n, string(s)))
		}
	}
	head, gap := p.palette.good.Render("✓ ")+count(r.Documents-r.Skipped, "resource")+" in "+count(r.Files, "file"), ", "
	if len(parts) > 0 || r.Documents == r.Skipped && r.Skipped > 0 {
		head, gap = strings.TrimPrefix(head, p.palette.good.Render("✓ ")), ": "
	}
	if n := r.Suppressed(); n > 0 {
		parts = append(parts, fmt.Sprintf("%d suppressed", n))
	}
	if len(parts) == 0 {
		gap = ""
	}
	p.WriteString(head + gap + strings.Join(parts, ", ") + notChecked(r) + "\n")
	if n := r.Fixable(); n > 0 && !r.Edited {
		fmt.Fprintf(p, "--fix can fix %s\n", count(n, "finding"))
	}
	p.releases(r)
	p.worlds(r)
	p.builds(r)
	p.named(r)
	for _, line := range Silenced(r) {
		p.WriteString(line + "\n")
	}
	if b := r.Baseline; b != nil {
		fmt.Fprintf(p, "since the baseline: %d introduced, %d fixed, %d unchanged\n", b.Introduced, b.Fixed, b.Unchanged)
	}
}

// releases names the releases of Istio that the findings are for, where that is not plainly the newest.
func (p *reportPrinter) releases(r *diag.Report) {
	for _, release := range r.Releases {
		if !release.Default {
			fmt.Fprintf(p, "for Istio %s (Envoy %s), %s\n", release.Istio, release.Envoy, Quote(release.Because))
		}
	}
}

// notChecked names the kinds that no check looks at, the most frequent first.
func notChecked(r *diag.Report) string {
	const most = 6
	if r.Skipped == 0 {
		return ""
	}
	kinds := slices.SortedFunc(maps.Keys(r.NotChecked), func(a, b string) int {
		return cmp.Or(r.NotChecked[b]-r.NotChecked[a], cmp.Compare(a, b))
	})
	var parts []string
	for _, kind := range kinds[:min(most, len(kinds))] {
		parts = append(parts, fmt.Sprintf("%d %s", r.NotChecked[kind], Quote(kind)))
	}
	if len(kinds) > most {
		parts = append(parts, fmt.Sprintf("%d other kinds", len(kinds)-most))
	}
	if parts == nil {
		return fmt.Sprintf("; not checked: %d", r.Skipped)
	}
	return "; not checked: " + strings.Join(parts, ", ")
}

// named names the worlds that the settings define.
func (p *reportPrinter) named(r *diag.Report) {
	if len(r.Named) > 0 {
		fmt.Fprintf(p, "validated independently, as the settings define: %s\n", Quote(strings.Join(r.Named, ", ")))
	}
}

// builds names the kustomizations that were built.
func (p *reportPrinter) builds(r *diag.Report) {
	if len(r.Builds) > 0 {
		fmt.Fprintf(p, "validated as kustomize builds them, each by itself: %s\n", firstOf(r.Builds))
	}
}

// worlds writes why the input was divided.
func (p *reportPrinter) worlds(r *diag.Report) {
	a := r.Alternatives
	if a == nil {
		return
	}
	if a.First != "" {
		name := strings.Fields(a.Resource)
		fmt.Fprintf(p, "%s of files validated independently, because files define the same resource: %s and %s both define %s\n",
			count(a.Worlds, "group"), Quote(a.First), Quote(a.Second), Quote(strings.Join(name[max(0, len(name)-3):], "/")))
	}
	if len(a.TestData) > 0 {
		fmt.Fprintf(p, "test data, each file validated independently: %s\n", firstOf(a.TestData))
	}
}

// firstOf lists the first few of some names, and says how many more there are.
func firstOf(names []string) string {
	const most = 5
	more := ""
	if n := len(names) - most; n > 0 {
		names, more = names[:most], fmt.Sprintf(" and %d more", n)
	}
	return Quote(strings.Join(names, ", ")) + more
}

func count(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}
