package output

import (
	"fmt"
	"io"
	"strings"

	"sem.example/internal/diag"
)

// Check prints the documentation of a check for people.
func Check(w io.Writer, c *diag.Check, look Look) error {
	p := look.palette(w)
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s\n", p.strong.Render(c.ID), c.Severity, c.Title)
	if len(c.Aliases) > 0 {
		fmt.Fprintf(&b, "%s\n", p.dim.Render("also known as: "+strings.Join(c.Aliases, ", ")))
	}
	paragraph(&b, "", c.Why, look)
	paragraph(&b, "What to do: ", c.Fix, look)
	if c.Fixable {
		paragraph(&b, "", fixable, look)
	}
	example(&b, p.bad.Render("wrong"), c.Wrong)
	example(&b, p.good.Render("right"), c.Right)
	_, err := io.WriteString(w, b.String())
	return err
}

// fixable is what the documentation of a check says where sem can make the fix.
const fixable = "sem validate --fix can fix findings of this check where only one edit is possible."

func paragraph(b *strings.Builder, lead, text string, look Look) {
	if text == "" {
		return
	}
	b.WriteByte('\n')
	for _, line := range wrap(lead+strings.Join(strings.Fields(text), " "), min(look.columns(), 100)) {
		b.WriteString(line + "\n")
	}
}

func example(b *strings.Builder, label, text string) {
	text = strings.Trim(text, "\n")
	if text == "" {
		return
	}
	fmt.Fprintf(b, "\n%s\n", label)
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(strings.TrimRight("    "+elide(line), " ") + "\n")
	}
}

// Checks prints a line for each check.
func Checks(w io.Writer, checks []*diag.Check, look Look) error {
	p := look.palette(w)
	var b strings.Builder
	for _, c := range checks {
		fmt.Fprintf(&b, "%s  %-7s  %s%s\n", p.strong.Render(c.ID), c.Severity, c.Title, mark(c, p.dim.Render(" (--fix)")))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// mark is a text for checks with fixes.
func mark(c *diag.Check, text string) string {
	if c.Fixable {
		return text
	}
	return ""
}

// ChecksPage prints the reference page of all checks, in Markdown.
func ChecksPage(w io.Writer, checks []*diag.Check) error {
	var b strings.Builder
	b.WriteString(checksIntro)
	for _, c := range checks {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s | %s |\n", c.ID, strings.ToLower(c.ID), c.Severity, c.Title, mark(c, "yes"), strings.Join(c.Aliases, ", "))
	}
	for _, c := range checks {
		fmt.Fprintf(&b, "\n## %s\n\n**%s** (%s)\n", c.ID, c.Title, c.Severity)
		prose(&b, c.Why)
		prose(&b, c.Fix)
		prose(&b, mark(c, fixable))
		fence(&b, "Wrong:", c.Wrong)
		fence(&b, "Right:", c.Right)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

const checksIntro = `# Checks

What ` + "`sem validate`" + ` looks for. ` + "`sem explain ID`" + ` prints one of these offline. This page is made from the checks themselves, and
their examples run as tests. ` + "`sem validate --fix`" + ` fixes findings of the checks with "yes" where only one edit is possible.

| ID | severity | what | --fix | elsewhere |
| --- | --- | --- | --- | --- |
`

func prose(b *strings.Builder, text string) {
	if text != "" {
		b.WriteString("\n" + strings.Join(strings.Fields(text), " ") + "\n")
	}
}

func fence(b *strings.Builder, label, text string) {
	if text = strings.Trim(text, "\n"); text == "" {
		return
	}
	fmt.Fprintf(b, "\n%s\n\n```yaml\n", label)
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(elide(line) + "\n")
	}
	b.WriteString("```\n")
}

// elide cuts a line of an example that nobody would read to its end, such as one that shows a text which is too long.
func elide(line string) string {
	const most = 160
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return line
}
