package draw

// A point is a place on the page.
type point struct{ x, y float64 }

// A canvas is what a picture is drawn on. Colours are named by what they are for; each theme has its own.
type canvas interface {
	rect(x, y, w, h, radius float64, fill, stroke string)
	curve(points []point, stroke string, width float64, dashed bool) // cubic: a start, then three points for each part
	shape(points []point, fill string)
	text(x, y, size float64, bold bool, fill, s string)
	begin(kind, title string) // of what belongs together; the title says what it is
	end()
}

// A theme is the colours of a picture.
type theme map[string]string

// The themes. A colour of a kind of node is its stripe; ink and faint are texts, way is an edge in plaintext.
var (
	light = theme{
		"paper": "#ffffff", "frame": "#f5f7fa", "rim": "#d9dfe7", "card": "#ffffff", "edge": "#c3ccd8", "ink": "#1b2430", "faint": "#5a6878",
		"way": "#8b98a8", "secure": "#0f8a6d", "fails": "#c8322b",
		"outside": "#7b8794", "client": "#2f6fde", "gateway": "#8a4fd3", "host": "#0e8fa8", "rule": "#64748b", "subset": "#3a7ca5",
		"workload": "#2e8b57", "external": "#c56a12", "error": "#d3342c", "warning": "#d98a00", "info": "#3d7fd0", "mark": "#ffffff",
	}
	dark = theme{
		"paper": "#0f141b", "frame": "#161d27", "rim": "#2a3545", "card": "#1d2632", "edge": "#3b4a5e", "ink": "#e8edf3", "faint": "#9dabbb",
		"way": "#6d7d91", "secure": "#35c69c", "fails": "#ff7067",
		"outside": "#8794a3", "client": "#5e97ff", "gateway": "#b184f0", "host": "#35bdd6", "rule": "#8b9bb0", "subset": "#62a8d4",
		"workload": "#4fc483", "external": "#f09a41", "error": "#ff6259", "warning": "#f2b032", "info": "#6ea6f2", "mark": "#0f141b",
	}
)
