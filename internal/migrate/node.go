package migrate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/gatewayapi"
	"sem.example/internal/lazy"
	"sem.example/internal/source"
)

// The API versions of what is written.
const (
	gatewayVersion = gatewayapi.Group + "/v1"
	grantVersion   = gatewayapi.Group + "/v1"
	istioVersion   = "networking.istio.io/v1"
)

// groupKind is a kind as the mesh files it.
func groupKind(kind string) string {
	switch kind {
	case "Service", "DestinationRule":
		return kind
	}
	return gatewayapi.Group + "/" + kind
}

// object is a map of keys and values in turn. A nil value leaves its key out.
func object(pairs ...any) *source.Node {
	out := &source.Node{Kind: source.Map}
	for i := 0; i < len(pairs); i += 2 {
		if v := value(pairs[i+1]); v != nil {
			out.Fields = append(out.Fields, source.Field{Key: pairs[i].(string), Value: v})
		}
	}
	return out
}

// value is a value as a node; nil for nothing.
func value(v any) *source.Node {
	switch v := v.(type) {
	case nil:
		return nil
	case *source.Node:
		return v
	case string:
		return source.Text(v)
	case []string:
		items := make([]*source.Node, len(v))
		for i, s := range v {
			items[i] = source.Text(s)
		}
		return list(items)
	case []*source.Node:
		return list(v)
	case bool:
		return &source.Node{Kind: source.Bool, Text: strconv.FormatBool(v)}
	}
	return &source.Node{Kind: source.Number, Text: fmt.Sprint(v)}
}

// list is a list of nodes; nil for none.
func list(items []*source.Node) *source.Node {
	if len(items) == 0 {
		return nil
	}
	return &source.Node{Kind: source.List, Items: items}
}

// distinct are values without repetitions, which lists of the Gateway API do not have.
func distinct[T comparable](values []T) []T {
	var out []T
	for _, v := range values {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// some is a value, or nil for its zero.
func some[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// unique is a name that is free, with a number where it has to be.
func unique(name string, free func(string) bool) string {
	try := name
	for i := 2; !free(try); i++ {
		try = name + "-" + strconv.Itoa(i)
	}
	return try
}

var notInLabel = lazy.Regexp(`[^a-z0-9]+`)

// label is a text as part of the name of a resource.
func label(text string) string {
	return strings.Trim(notInLabel().ReplaceAllString(strings.ToLower(strings.ReplaceAll(text, "*", "wildcard")), "-"), "-")
}
