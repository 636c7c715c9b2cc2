package schema

import (
	"encoding/json"
	"strconv"
)

// jsonTypes are the names of types in JSON Schema.
var jsonTypes = []struct {
	kinds kinds
	name  string
}{{nulls, "null"}, {bools, "boolean"}, {numbers, "number"}, {strs, "string"}, {lists, "array"}, {maps, "object"}}

func ofBasic(t basic) jsonSchema {
	if t.kinds == anything {
		return jsonSchema{}
	}
	var names []string
	for _, k := range jsonTypes {
		switch {
		case t.kinds&k.kinds == 0:
		case k.kinds == numbers && t.integer:
			names = append(names, "integer")
		default:
			names = append(names, k.name)
		}
	}
	if len(names) == 1 {
		return jsonSchema{"type": names[0]}
	}
	return jsonSchema{"type": names}
}

// jsonNumber is a number for encoding/json.
func jsonNumber(text string) json.Number { return json.Number(text) }

func ofBound(t bound) jsonSchema {
	limit := jsonNumber(strconv.FormatFloat(t.limit, 'f', -1, 64))
	keyword := map[string]string{"<": "exclusiveMaximum", "<=": "maximum", ">": "exclusiveMinimum", ">=": "minimum"}[t.op]
	if keyword == "" {
		return jsonSchema{"not": jsonSchema{"const": limit}}
	}
	return jsonSchema{keyword: limit}
}

func ofMatch(t match) jsonSchema {
	if t.not {
		return jsonSchema{"type": "string", "not": jsonSchema{"pattern": ecma(t.expr)}}
	}
	return jsonSchema{"type": "string", "pattern": ecma(t.expr)}
}

// sizes are the keywords for CUE's limits.
var sizes = map[string]struct{ kind, keyword string }{
	"list.MinItems": {"array", "minItems"}, "list.MaxItems": {"array", "maxItems"},
	"struct.MinFields": {"object", "minProperties"}, "struct.MaxFields": {"object", "maxProperties"},
	"strings.MinRunes": {"string", "minLength"}, "strings.MaxRunes": {"string", "maxLength"},
	"math.MultipleOf": {"number", "multipleOf"},
}

// The patterns of addresses; that of version 6 is no more than a likeness.
const (
	ipv4 = `((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])`
	ipv6 = `[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]*`
)

// ofValidator is the JSON Schema of one of CUE's validators. Patterns stand in for what CUE computes.
func ofValidator(t validator) jsonSchema {
	if s := sizes[t.name]; s.keyword != "" {
		return jsonSchema{"type": s.kind, s.keyword: t.limit}
	}
	switch t.name {
	case "net.IP":
		return jsonSchema{"type": "string", "pattern": "^(" + ipv4 + "|" + ipv6 + "(%.+)?)$"}
	case "net.IPCIDR":
		return jsonSchema{"type": "string", "pattern": "^(" + ipv4 + "|" + ipv6 + ")/[0-9]{1,3}$"}
	case "net.AbsURL":
		return jsonSchema{"type": "string", "pattern": `^[a-zA-Z][-+.a-zA-Z0-9]*:`}
	case "time.Duration":
		return jsonSchema{"type": "string", "pattern": `^[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`}
	}
	return jsonSchema{"type": "string"}
}
