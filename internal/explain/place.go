package explain

import (
	"fmt"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/simulate"
)

// overridden is the role of a place that does not count.
const overridden = string(envoy.Overridden)

// placeOf is where something is written that is not used.
func placeOf(l config.Ignored) simulate.Place {
	o := l.Object
	p := simulate.Place{Kind: o.KindName(), Namespace: o.Namespace, Name: o.Name, Field: l.Field, Role: overridden, Note: l.Reason}
	at := l.Place().Source().Position()
	p.File, p.Line, p.Column = at.File, at.Line, at.Column
	return p
}

// documentOf names the document of a place and where it is written: "Service shop/web (mesh.yaml:3)".
func documentOf(p *simulate.Place) string {
	name := fmt.Sprintf("%s %s/%s", p.Kind, p.Namespace, p.Name)
	if p.File == "" {
		return name
	}
	return fmt.Sprintf("%s (%s:%d)", name, p.File, p.Line)
}

// sameDocument reports whether two places are in one document.
func sameDocument(a, b simulate.Place) bool {
	return a.Kind == b.Kind && a.Namespace == b.Namespace && a.Name == b.Name
}
