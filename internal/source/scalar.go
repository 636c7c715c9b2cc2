package source

import (
	"encoding/json"
	"strings"
	"sync"

	kyaml "sigs.k8s.io/yaml"
)

// A reading is what Kubernetes makes of a scalar.
type reading struct {
	kind Kind
	text string
	err  error // the value has no JSON form
}

// plain reads a scalar that has neither quotes nor a tag. What is plainly a string or a decimal integer is told at once;
// for the rest (yes, 0x1F, 1e3, ~, …) sigs.k8s.io/yaml itself is asked.
func plain(text string) reading {
	switch looks(text) {
	case Null:
		if text == "" {
			return reading{kind: Null}
		}
	case String:
		return reading{kind: String, text: text}
	case Number:
		return reading{kind: Number, text: text}
	}
	return ask(text, text)
}

// Plain reports whether a string may be written in YAML without quotes and still be read as itself, by YAML 1.1 and 1.2 alike. The
// characters that YAML keeps for itself are for its writer to see.
func Plain(s string) bool { return looks(s) == String }

// words are the words that YAML 1.1 reads as something else than a string.
var words = map[string]bool{}

func init() {
	for _, word := range []string{"y", "yes", "true", "on", "n", "no", "false", "off", "null"} {
		words[word] = true
		words[strings.ToUpper(word)] = true
		words[strings.ToUpper(word[:1])+word[1:]] = true
	}
	words["~"], words["<<"] = true, true
}

// looks returns String or Number where the reading of a plain scalar is beyond doubt, and Null where it is not.
func looks(text string) Kind {
	if text == "" {
		return Null
	}
	c := text[0]
	if c < '0' && c != '+' && c != '-' && c != '.' || c > '9' {
		if len(text) <= len("false") && words[text] {
			return Null
		}
		return String
	}
	digits, dots := true, 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
		case c == '.':
			digits, dots = false, dots+1
		case strings.IndexByte("abcdefABCDEFxXoO_+-INinN", c) >= 0: // other bases, exponents, .inf, .nan
			digits = false
		default:
			return String
		}
	}
	switch {
	case digits && c != '0' && len(text) <= 18:
		return Number
	case dots > 1:
		return String
	}
	return Null
}

// asked remembers the answers of sigs.k8s.io/yaml by the YAML that it was asked about.
var asked sync.Map

// ask has sigs.k8s.io/yaml read a scalar that is written as yaml; text is the value that it has as a string.
func ask(yaml, text string) reading {
	return consult("["+yaml+"]", text, func(out []byte) reading {
		var item []json.RawMessage
		if err := json.Unmarshal(out, &item); err != nil || len(item) != 1 {
			return reading{kind: String, text: text}
		}
		return literal(item[0])
	})
}

// askKey has it read a scalar that stands as a key. What JSON needs as a string is spelt otherwise than as a value.
func askKey(yaml, text string) reading {
	entry := "{" + yaml + ": }"
	if len(yaml) >= maxKey {
		entry = "{? " + yaml + " : }" // so long a key needs its mark
	}
	return consult(entry, text, func(out []byte) reading {
		var keys map[string]any
		if err := json.Unmarshal(out, &keys); err != nil || len(keys) != 1 {
			return reading{kind: String, text: text}
		}
		for text = range keys {
		}
		return reading{kind: String, text: text}
	})
}

func consult(yaml, text string, understand func([]byte) reading) reading {
	if r, ok := asked.Load(yaml); ok {
		return r.(reading)
	}
	r := reading{kind: String, text: text}
	if out, err := kyaml.YAMLToJSON([]byte(yaml)); err != nil {
		r.err = err
	} else {
		r = understand(out)
	}
	if len(yaml) < 32 {
		asked.Store(yaml, r)
	}
	return r
}

// literal reads a scalar of JSON.
func literal(value json.RawMessage) reading {
	switch value[0] {
	case 'n':
		return reading{kind: Null}
	case 't', 'f':
		return reading{kind: Bool, text: string(value)}
	case '"':
		var s string
		_ = json.Unmarshal(value, &s)
		return reading{kind: String, text: s}
	}
	return reading{kind: Number, text: string(value)}
}
