package output

import (
	"fmt"
	"io"
	"strings"

	"sem.example/internal/diff"
	"sem.example/simulate"
)

// DiffText prints a comparison for people.
func DiffText(w io.Writer, r *diff.Report, look Look) error {
	var b strings.Builder
	r = texts(r, Quote)
	for _, c := range r.Changes {
		fmt.Fprintf(&b, "%s%s: %s\n  %s → %s\n", strings.ToUpper(string(c.Kind)[:1])+string(c.Kind)[1:], expectedText(c), c.Region, c.From, c.To)
		for _, d := range c.Details {
			fmt.Fprintf(&b, "    %s\n", d)
		}
		fmt.Fprintf(&b, "  for      %s, %s\n", proxiesText(c.Proxies), c.Direction)
		fmt.Fprintf(&b, "  example  %s\n", c.Command)
		if c.Requests > 0 {
			fmt.Fprintf(&b, "  requests %d\n", c.Requests)
		}
		fmt.Fprintf(&b, "  because  %s → %s\n\n", placesText(c.Old), placesText(c.New))
	}
	for _, u := range r.Undecided {
		fmt.Fprintf(&b, "Undecided: %s\n  %s\n  for      %s, %s\n\n", u.Region, u.Why, proxiesText(u.Proxies), u.Direction)
	}
	for _, part := range r.Unread {
		fmt.Fprintf(&b, "not read  %s\n", part)
	}
	for _, part := range r.NotCompared {
		fmt.Fprintf(&b, "not compared  %s\n", part)
	}
	b.WriteString(DiffSummary(r) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// DiffSummary is a comparison in one line.
func DiffSummary(r *diff.Report) string {
	s := r.Summary
	if s.Requests > 0 {
		return fmt.Sprintf("%d of %d requests have a different result: %s", s.Moved, s.Requests, count(s.Changes, "change")) + unreadText(r) + releasesText(r)
	}
	text := fmt.Sprintf("%s, %d undecided", count(s.Changes, "change"), s.Undecided)
	if s.Changes+s.Undecided == 0 {
		text = "equivalent: every request has the same result"
		if len(r.Unread) > 0 {
			text = "no change in what was read"
		}
		if s.Narrowed {
			text = "no change within --from, --gateway, --for and --only; the rest is not compared"
		}
	}
	text += fmt.Sprintf("; groups of equal proxies: %d compared, %d proven equivalent", s.Classes, s.Equivalent)
	if s.Expected > 0 {
		text += fmt.Sprintf("; %s expected", count(s.Expected, "change"))
	}
	if s.Unseen > 0 {
		text += fmt.Sprintf("; differing clusters that no request reaches: %d", s.Unseen)
	}
	return text + unreadText(r) + releasesText(r)
}

// releasesText names the releases of Istio that are compared, where they are not plainly the newest.
func releasesText(r *diff.Report) string {
	if r.OldIstio.Istio == "" || r.OldIstio.Default && r.NewIstio.Default {
		return ""
	}
	return fmt.Sprintf("; Istio %s (Envoy %s) and %s (Envoy %s)", r.OldIstio.Istio, r.OldIstio.Envoy, r.NewIstio.Istio, r.NewIstio.Envoy)
}

// unreadText qualifies a comparison of inputs that were not read whole.
func unreadText(r *diff.Report) string {
	if len(r.Unread) == 0 {
		return ""
	}
	return fmt.Sprintf("; %s of the input not read: what they would change is not known", count(len(r.Unread), "part"))
}

func expectedText(c diff.ReportedChange) string {
	if c.Expected {
		return " (expected)"
	}
	return ""
}

// maxProxies is how many proxies are named.
const maxProxies = 4

func proxiesText(names []string) string {
	if len(names) > maxProxies {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:maxProxies], ", "), len(names)-maxProxies)
	}
	return strings.Join(names, ", ")
}

func placesText(all []simulate.Place) string {
	var out []string
	for _, p := range all {
		at := fmt.Sprintf("%s:%d", p.File, p.Line)
		if p.File == "" { // a config dump names objects, not files
			at = fmt.Sprintf("%s %s/%s", p.Kind, p.Namespace, p.Name)
		}
		out = append(out, at)
	}
	if len(out) == 0 {
		return "no resource"
	}
	return strings.Join(out, ", ")
}

// DiffMarkdown prints a comparison for a pull request.
func DiffMarkdown(w io.Writer, r *diff.Report) error {
	var m markdown
	r = texts(r, Quote)
	m.line("### What this change does to traffic\n\n%s.", DiffSummary(r))
	var rows [][]string
	for _, c := range r.Changes {
		rows = append(rows, []string{"**" + string(c.Kind) + "**" + expectedText(c), sentence(c.Region), code(c.From) + " → " + code(c.To), sentence(proxiesText(c.Proxies)), code(c.Command), code(placesText(c.Old)) + " → " + code(placesText(c.New))})
	}
	for _, u := range r.Undecided {
		rows = append(rows, []string{"undecided", sentence(u.Region), sentence(string(u.Why)), sentence(proxiesText(u.Proxies)), "", ""})
	}
	for _, part := range r.Unread {
		rows = append(rows, []string{"not read", code(part), "", "", "", ""})
	}
	for _, part := range r.NotCompared {
		rows = append(rows, []string{"not compared", sentence(part), "", "", "", ""})
	}
	m.table([]string{"change", "requests", "result", "proxies", "example request", "caused by"}, rows)
	_, err := io.WriteString(w, m.String())
	return err
}

// DiffGitHub prints a comparison as workflow commands.
func DiffGitHub(w io.Writer, r *diff.Report) error {
	var b strings.Builder
	r = texts(r, Quote)
	for _, c := range r.Changes {
		level := "warning"
		if c.Kind == diff.Broken || c.Kind == diff.LessSafe {
			level = "error"
		}
		if c.Expected {
			level = "notice"
		}
		message := fmt.Sprintf("%s: %s → %s\n%s", c.Region, c.From, c.To, c.Command)
		fmt.Fprintf(&b, "::%s %stitle=%s::%s\n", level, githubPlace(c.New), githubProperty.Replace("sem diff: "+string(c.Kind)), githubText.Replace(message))
	}
	for _, u := range r.Undecided {
		fmt.Fprintf(&b, "::warning title=%s::%s\n", githubProperty.Replace("sem diff: undecided"), githubText.Replace(u.Region+": "+string(u.Why)))
	}
	for _, part := range r.Unread {
		fmt.Fprintf(&b, "::warning title=%s::%s\n", githubProperty.Replace("sem diff: not read"), githubText.Replace(part))
	}
	for _, part := range r.NotCompared {
		fmt.Fprintf(&b, "::notice title=%s::%s\n", githubProperty.Replace("sem diff: not compared"), githubText.Replace(part))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func githubPlace(all []simulate.Place) string {
	if len(all) == 0 || all[0].File == "" {
		return ""
	}
	return fmt.Sprintf("file=%s,line=%d,", githubProperty.Replace(all[0].File), all[0].Line)
}
