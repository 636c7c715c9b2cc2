package draw

import (
	"fmt"
	"html"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/graph"
)

// A Look says how a picture looks.
type Look struct {
	Theme string // light, dark, or "" for what the reader prefers; of PNGs, "" is light
	Plain bool   // without a style: the page that the SVG is part of has that of [Style]
}

// Themes are the values of Look.Theme, but for none.
var Themes = []string{"light", "dark"}

// SVG prints a picture. Its texts must be quoted.
func SVG(w io.Writer, g *graph.Graph, look Look) error {
	p := newPicture(g)
	s := &svg{measure: p.measure}
	fmt.Fprintf(s, `<svg xmlns="http://www.w3.org/2000/svg" class="sem-graph" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" role="img" aria-label="%s">`+"\n",
		number(p.width), number(p.height), html.EscapeString(g.Title))
	fmt.Fprintf(s, "<title>%s</title>\n", html.EscapeString(g.Title))
	if !look.Plain {
		fmt.Fprintf(s, "<style>\n%s</style>\n", Style(look.Theme))
	}
	p.draw(s)
	s.WriteString("</svg>\n")
	_, err := io.WriteString(w, s.String())
	return err
}

// Style is the style sheet of pictures in a theme, or in that which the reader prefers.
func Style(name string) string {
	var b strings.Builder
	b.WriteString(".sem-graph text{font-family:\"Helvetica Neue\",Arial,\"Liberation Sans\",\"Go\",sans-serif}\n")
	switch name {
	case "dark":
		rules(&b, dark)
	case "light":
		rules(&b, light)
	default:
		rules(&b, light)
		b.WriteString("@media (prefers-color-scheme: dark){\n")
		rules(&b, dark)
		b.WriteString("}\n")
	}
	return b.String()
}

func rules(b *strings.Builder, t theme) {
	for _, name := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintf(b, ".sem-graph .f-%s{fill:%s}.sem-graph .s-%[1]s{stroke:%[2]s}\n", name, t[name])
	}
}

// An svg is a canvas that writes SVG. It gives each text the width that it was measured with, so a wider font of the reader does not
// leave its node.
type svg struct {
	strings.Builder
	measure measure
}

// number is a length with at most one digit behind the point.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	if s = strings.TrimSuffix(s, ".0"); s == "-0" {
		return "0"
	}
	return s
}

func classes(fill, stroke string) string {
	out := "f-" + fill
	if stroke != "" {
		out += " s-" + stroke
	}
	return out
}

func (s *svg) rect(x, y, w, h, radius float64, fill, stroke string) {
	fmt.Fprintf(s, `<rect x="%s" y="%s" width="%s" height="%s"`, number(x), number(y), number(w), number(h))
	if radius > 0 {
		fmt.Fprintf(s, ` rx="%s"`, number(radius))
	}
	fmt.Fprintf(s, ` class="%s"/>`+"\n", classes(fill, stroke))
}

func (s *svg) curve(points []point, stroke string, width float64, dashed bool) {
	fmt.Fprintf(s, `<path d="M%s %s`, number(points[0].x), number(points[0].y))
	for i := 1; i < len(points); i += 3 {
		s.WriteString("C")
		for _, p := range points[i : i+3] {
			fmt.Fprintf(s, "%s %s ", number(p.x), number(p.y))
		}
	}
	dash := ""
	if dashed {
		dash = ` stroke-dasharray="5 4"`
	}
	fmt.Fprintf(s, `" fill="none" stroke-width="%s"%s class="s-%s"/>`+"\n", number(width), dash, stroke)
}

func (s *svg) shape(points []point, fill string) {
	var at []string
	for _, p := range points {
		at = append(at, number(p.x)+","+number(p.y))
	}
	fmt.Fprintf(s, `<polygon points="%s" class="f-%s"/>`+"\n", strings.Join(at, " "), fill)
}

func (s *svg) text(x, y, size float64, bold bool, fill, text string) {
	weight := ""
	if bold {
		weight = ` font-weight="600"`
	}
	fmt.Fprintf(s, `<text x="%s" y="%s" font-size="%s"%s textLength="%s" lengthAdjust="spacingAndGlyphs" class="f-%s">%s</text>`+"\n",
		number(x), number(y), number(size), weight, number(s.measure.text(text, size, bold)), fill, html.EscapeString(text))
}

func (s *svg) begin(kind, title string) {
	fmt.Fprintf(s, "<g class=\"k-%s\"><title>%s</title>\n", kind, html.EscapeString(title))
}

func (s *svg) end() { s.WriteString("</g>\n") }
