package output

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"io"
	"strings"
	"sync"

	"sem.example/internal/diag"
	"sem.example/internal/diff"
	"sem.example/internal/draw"
	"sem.example/internal/graph"
	"sem.example/internal/source"
	"sem.example/internal/suite"
	"sem.example/simulate"
)

// A Page is what a report shows. What is nil has no section.
type Page struct {
	Title    string
	Findings *diag.Report
	Mesh     *graph.Graph
	Worlds   []string // that the input has, where the page is about several; it then has no mesh, traces and changes
	Traces   []PageTrace
	Tests    *suite.Report
	Changes  *diff.Report
	Since    string                  // what the changes are compared with
	Files    map[string]*source.File // of the input, for the lines beside an answer
	OldFiles map[string]*source.File // of what the changes are compared with
	Live     *LivePage
}

// A PageTrace is the trace of a request with its picture.
type PageTrace struct {
	Trace *simulate.Trace
	Graph *graph.Graph
}

// A LivePage is what a page has that a server shows: a form for a request, and what was typed into it.
type LivePage struct {
	From, URL string
	Clients   []string // that can be typed
	Error     string   // why the last change of the files, or the request, has no answer
	Asked     *PageTrace
}

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

var pageTemplate = sync.OnceValue(func() *template.Template { return template.Must(template.New("page").Parse(pageHTML)) })

// PagePolicy is the content security policy of a page: its own style, and its own script where it is live; nothing else is loaded.
func PagePolicy(live bool) string {
	policy := "default-src 'none'; base-uri 'none'; style-src " + hashed(pageStyle())
	if live {
		return policy + "; script-src " + hashed(pageJS) + "; connect-src 'self'; form-action 'self'"
	}
	return policy + "; form-action 'none'"
}

func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func pageStyle() string { return pageCSS + draw.Style("") }

// HTML prints a report as one file that loads nothing.
func HTML(w io.Writer, p *Page) error {
	v, err := newPageView(p)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n",
		html.EscapeString(PagePolicy(p.Live != nil)))
	b.WriteString("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
	fmt.Fprintf(&b, "<title>%s</title>\n<style>%s</style>\n</head>\n", html.EscapeString(v.Title), pageStyle())
	if err := pageTemplate().Execute(&b, v); err != nil {
		return err
	}
	if p.Live != nil {
		fmt.Fprintf(&b, "<script>%s</script>\n", pageJS)
	}
	b.WriteString("</html>\n")
	_, err = w.Write(b.Bytes())
	return err
}

// A pageView is a page in quoted texts, as the template shows it.
type pageView struct {
	Title    string
	Counts   []countView
	Mesh     template.HTML
	Worlds   []string
	Live     *liveView
	Traces   []traceView
	Checked  bool
	Findings []findingView
	Checks   string // a sentence about what was checked
	Tested   bool
	Tests    []testView
	Compared bool
	Since    string
	Changes  []changeView
	Doubts   []string
	Release  string
}

// A countView is a number at the top that leads to a section.
type countView struct{ Text, Class, Link string }

type liveView struct {
	From, URL, Error string
	Clients          []string
	Asked            *traceView
}

func newPageView(p *Page) (*pageView, error) {
	v := &pageView{Title: Quote(p.Title), Since: Quote(p.Since), Worlds: texts(p.Worlds, Quote)}
	var err error
	if p.Mesh != nil {
		if v.Mesh, err = picture(p.Mesh); err != nil {
			return nil, err
		}
		v.Counts = append(v.Counts, countView{"mesh", "plain", "mesh"})
	}
	if n := len(p.Worlds); n > 0 {
		v.Counts = append(v.Counts, countView{counted(n, "world"), "plain", "worlds"})
	}
	for i := range p.Traces {
		one, err := newTraceView(fmt.Sprintf("t%d", i+1), &p.Traces[i], p.Files)
		if err != nil {
			return nil, err
		}
		v.Traces = append(v.Traces, *one)
	}
	if n := len(v.Traces); n > 0 {
		v.Counts = append(v.Counts, countView{counted(n, "request"), "plain", "requests"})
	}
	v.addFindings(p)
	v.addTests(p)
	v.addChanges(p)
	if p.Live != nil {
		v.Live = &liveView{From: Quote(p.Live.From), URL: Quote(p.Live.URL), Error: Quote(p.Live.Error), Clients: texts(p.Live.Clients, Quote)}
		if p.Live.Asked != nil {
			if v.Live.Asked, err = newTraceView("asked", p.Live.Asked, p.Files); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// picture is a graph as a part of a page. Its texts are escaped where it is drawn.
func picture(g *graph.Graph) (template.HTML, error) {
	var b strings.Builder
	err := draw.SVG(&b, texts(g, Quote), draw.Look{Plain: true})
	return template.HTML(b.String()), err
}
