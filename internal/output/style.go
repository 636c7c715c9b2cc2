package output

import (
	"io"
	"os"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"
)

// Look is how text for people is laid out.
type Look struct {
	Width    int  // columns of the terminal; 0 means 100
	Terminal bool // a person reads it at a terminal: long lines are broken, and paths are whole
	Color    bool // ANSI colours
	Why      bool // traces: also show rejected candidates and why
	All      bool // reports: every finding, however many a check has

	// Link is the URL of a line of a file, for hyperlinks; nil where there are none.
	Link func(file string, line int) string
}

// Terminal reports how many columns a stream has (0: unknown) and whether it is a terminal at all.
func Terminal(stream any) (columns int, terminal bool) {
	f, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(f.Fd()) {
		return 0, false
	}
	if width, _, err := term.GetSize(f.Fd()); err == nil {
		columns = min(width, 140)
	}
	return columns, true
}

// Piped reports whether a stream is a pipe, as to a pager. What a file gets does not depend on the terminal.
func Piped(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

// linked is a text that leads to a line of a file, where the terminal follows hyperlinks.
func (l Look) linked(text, file string, line int) string {
	if l.Link == nil || file == "" {
		return text
	}
	url := l.Link(file, line)
	if url == "" {
		return text
	}
	return ansi.SetHyperlink(url) + text + ansi.ResetHyperlink()
}

func (l Look) columns() int {
	if l.Width <= 0 {
		return 100
	}
	return max(l.Width, 40)
}

// palette holds the few calm styles that sem uses; the terminal's own 16 colours keep it readable on any background.
type palette struct {
	good, bad, warn, dim, strong, place lipgloss.Style
}

func (l Look) palette(w io.Writer) palette {
	r := lipgloss.NewRenderer(w)
	r.SetColorProfile(termenv.Ascii)
	if l.Color {
		r.SetColorProfile(termenv.ANSI)
	}
	ink := func(color string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(color)) }
	return palette{
		good:   ink("2").Bold(true),
		bad:    ink("1").Bold(true),
		warn:   ink("3"),
		dim:    r.NewStyle().Faint(true),
		strong: r.NewStyle().Bold(true),
		place:  ink("6"),
	}
}
