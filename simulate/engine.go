package simulate

import (
	"sem.example/internal/envoy"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/listener"
	"sem.example/simulate/internal/route"
	"sem.example/simulate/internal/upstream"
)

// An Engine answers calls to one proxy. What it learns of the proxy's resources (indexed virtual hosts, compiled
// regular expressions, unpacked extensions) it keeps, so that the second call to a place is cheap. It is safe for
// concurrent use.
type Engine struct {
	explains  bool
	envoy     Envoy
	places    *decision.Origins
	listeners *listener.Listeners
	tables    *route.Tables
	clusters  *upstream.Clusters
}

// An Option changes how an engine answers.
type Option func(*Engine)

// Why makes each step of a trace list the candidates that were rejected, each with the first test that it failed.
func Why() Option { return func(e *Engine) { e.explains = true } }

// An Envoy is what the proxy's Envoy does otherwise than the newest, as far as answers show it. The zero Envoy is the newest.
type Envoy struct {
	JoinsHeaders bool // a route compares the values of a repeated header as one text, joined by commas: before Envoy 1.39
	KnownMethods bool // the HTTP inspector recognises no methods but those that the parser knows: before Envoy 1.39
}

// Of makes the engine answer as an older Envoy does.
func Of(e Envoy) Option { return func(engine *Engine) { engine.envoy = e } }

// New returns an engine over a proxy's resources.
func New(resources envoy.Resources, options ...Option) *Engine {
	e := &Engine{}
	for _, o := range options {
		o(e)
	}
	e.places = &decision.Origins{Resources: resources}
	e.listeners = listener.New(resources)
	e.tables = &route.Tables{Resources: resources, Whole: e.explains, JoinsHeaders: e.envoy.JoinsHeaders}
	e.clusters = &upstream.Clusters{Resources: resources, Places: e.places}
	return e
}
