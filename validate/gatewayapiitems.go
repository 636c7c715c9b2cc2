package validate

import (
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM341",
	Title:    "Gateway API list has duplicate items",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why: `The API server requires the items of many Gateway API lists to be unique: listeners by name, and by port, protocol and hostname; parentRefs
to one parent by sectionName or port; rules and headers by name; and most filters by type.`,
	Fix: `Remove one of the two items, or change one of them.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  rules:
  - matches: [{headers: [{name: x-user, value: a}, {name: x-user, value: b}]}]
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  rules:
  - matches: [{headers: [{name: x-user, value: a}]}, {headers: [{name: x-user, value: b}]}]
`,
	Aliases: []string{"KIA1503"},
}, repeatedItems)

func repeatedItems(s *facts.Set, r *reporter) {
	for _, o := range s.Objects {
		if group, _, _ := strings.Cut(o.Kind, "/"); o.Doc != nil && (group == facts.GatewayAPI || group == facts.ExperimentalGatewayAPI) {
			itemsOf(r, o, "spec", o.Doc.Tree().Get("spec"))
		}
	}
}

// itemsOf looks at all lists of a value.
func itemsOf(r *reporter, o *config.Object, path string, n *source.Node) {
	if n == nil {
		return
	}
	for i, item := range n.Items {
		itemsOf(r, o, source.Index(path, i), item)
	}
	for _, f := range n.Fields {
		at := source.Join(path, f.Key)
		for _, u := range unique[f.Key] {
			distinct(r, o, at, f.Value.Items, u)
		}
		if f.Key == "filters" {
			redirectAndRewrite(r, o, at, f.Value.Items)
		}
		if strings.HasPrefix(f.Key, "allow") {
			wildcardAlone(r, o, at, f.Value.Items)
		}
		itemsOf(r, o, at, f.Value)
	}
}

// A uniqueness is what items of a list have to differ in.
type uniqueness struct {
	key   func(item *source.Node) string // "" for an item that is compared with none
	words string
}

// unique are the lists whose items have to differ, by the name of their field.
var unique = map[string][]uniqueness{
	"listeners":      {{named, "name"}, {socket, "port, protocol and hostname"}},
	"perPort":        {{func(n *source.Node) string { return scalar(n, "port") }, "port"}},
	"addresses":      {{address, "type and value"}},
	"parentRefs":     {{parent, "parent, sectionName and port"}, {section, ""}},
	"targetRefs":     {{target, "target and sectionName"}, {section, ""}},
	"rules":          {{named, "name"}},
	"headers":        {{named, "name"}},
	"queryParams":    {{named, "name"}},
	"set":            {{named, "name"}},
	"add":            {{named, "name"}},
	"filters":        {{onceOnly, "type"}},
	"remove":         {{itself, "value"}},
	"codes":          {{itself, "value"}},
	"allowOrigins":   {{itself, "value"}},
	"allowMethods":   {{itself, "value"}},
	"allowHeaders":   {{itself, "value"}},
	"exposeHeaders":  {{itself, "value"}},
	"allowedHeaders": {{itself, "value"}}, "allowedResponseHeaders": {{itself, "value"}},
}

// distinct reports items that have what an earlier one has. Items without words of their own refer to one resource, some of them to
// a part of it and some to all of it.
func distinct(r *reporter, o *config.Object, path string, items []*source.Node, u uniqueness) {
	earlier := map[string]int{}
	for i, item := range items {
		key := u.key(item)
		if key == "" {
			continue
		}
		at := facts.At(o, source.Index(path, i))
		whole, parts, mixed := strings.Cut(key, partial)
		first, seen := earlier[whole]
		switch {
		case !seen:
			earlier[whole] = i
		case !mixed:
			r.at(at, "this item has the same %s as an earlier one", u.words).related(facts.At(o, source.Index(path, first)), "earlier item").rejected()
		case !strings.HasSuffix(u.key(items[first]), partial+parts):
			r.at(at, "one of two references to the same resource has no sectionName and no port").
				help("set sectionName in both, or port in both").related(facts.At(o, source.Index(path, first)), "earlier item").rejected()
		}
	}
}

// partial is before what a reference says of the part of its resource.
const partial = "\x00part "

// scalar is a field as text, or what it means when it is left out.
func scalar(n *source.Node, key string) string {
	if v := n.Get(key); v != nil {
		return v.Text
	}
	return meanings[key]
}

// meanings are what fields of references mean when they are left out.
var meanings = map[string]string{"group": facts.GatewayAPI, "kind": "Gateway", "type": "IPAddress"}

func fieldsOf(n *source.Node, keys ...string) string {
	var parts []string
	for _, key := range keys {
		parts = append(parts, scalar(n, key))
	}
	return strings.Join(parts, "\x00")
}

func named(n *source.Node) string { return n.StringAt("name") }

func itself(n *source.Node) string { return n.Text }

func socket(n *source.Node) string { return fieldsOf(n, "port", "protocol", "hostname") }

func address(n *source.Node) string {
	kind := scalar(n, "type")
	if n.Get("value") == nil || kind != "IPAddress" && kind != "Hostname" {
		return ""
	}
	return fieldsOf(n, "type", "value")
}

func parent(n *source.Node) string {
	return fieldsOf(n, "group", "kind", "namespace", "name", "sectionName", "port")
}

func target(n *source.Node) string { return fieldsOf(n, "group", "kind", "name", "sectionName") }

// section is the resource that a reference names, and which fields name a part of it.
func section(n *source.Node) string {
	parts := ""
	for _, key := range []string{"sectionName", "port"} {
		if n.Get(key) != nil {
			parts += key
		}
	}
	return fieldsOf(n, "group", "kind", "namespace", "name") + partial + parts
}

// onceOnly is the type of a filter that may be there only once.
func onceOnly(n *source.Node) string {
	switch t := n.StringAt("type"); t {
	case "CORS", "RequestHeaderModifier", "ResponseHeaderModifier", "RequestRedirect", "URLRewrite":
		return t
	}
	return ""
}

func redirectAndRewrite(r *reporter, o *config.Object, path string, filters []*source.Node) {
	at := map[string]int{}
	for i, f := range filters {
		at[f.StringAt("type")] = i
	}
	redirect, ok := at["RequestRedirect"]
	rewrite, both := at["URLRewrite"]
	if ok && both {
		r.at(facts.At(o, source.Index(path, rewrite)), "URLRewrite and RequestRedirect are mutually exclusive").
			help("remove URLRewrite: RequestRedirect has hostname and path, too").related(facts.At(o, source.Index(path, redirect)), "redirect").rejected()
	}
}

// wildcardAlone reports * beside other values.
func wildcardAlone(r *reporter, o *config.Object, path string, items []*source.Node) {
	for i, item := range items {
		if item.Text == "*" && len(items) > 1 {
			r.at(facts.At(o, source.Index(path, i)), `"*" means every value and cannot be combined with others`).help(`remove "*", or the other values`).rejected()
		}
	}
}
