package output

import (
	"io"
	"os"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"
)

// Look is how text for people is laid out.
type Look struct {
	Width int  // columns of the terminal; 0 means 100
	Color bool // ANSI colours
	Why   bool // traces: open each step to what was rejected
	All   bool // reports: every finding, however many a check has
}

// Terminal says how many columns a stream has (0: unknown) and whether it is a terminal at all.
func Terminal(stream io.Writer) (columns int, terminal bool) {
	f, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(f.Fd()) {
		return 0, false
	}
	if width, _, err := term.GetSize(f.Fd()); err == nil {
		columns = min(width, 140)
	}
	return columns, true
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
