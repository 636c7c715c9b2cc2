package jwt

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"sem.example/simulate/internal/match"
)

// blanks are passed over by Envoy's decoder: the word before a token, as of "Bearer", may be taken for a part of it.
var blanks = strings.NewReplacer(" ", "", "\t", "")

// tokenPart decodes one of a token's.
func tokenPart(name, text string, into *map[string]any) (fault string) {
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(blanks.Replace(text), "="))
	if err != nil {
		return "Jwt " + name + " is an invalid Base64url encoded"
	}
	if json.Unmarshal(data, into) != nil {
		return "Jwt " + name + " is an invalid JSON"
	}
	return ""
}

// misshapen returns which of the claims that Envoy reads by itself is of the wrong type, in the order in which it does.
func misshapen(claims map[string]any) (fault string) {
	wrong := func(name, kind string) string { return "Jwt payload [" + name + "] field is not " + kind }
	for _, name := range []string{"iss", "sub", "iat", "nbf", "exp", "jti"} {
		value, there := claims[name]
		if !there {
			continue
		}
		_, text := value.(string)
		n, number := value.(float64)
		switch timed := name == "iat" || name == "nbf" || name == "exp"; {
		case timed && !number:
			return wrong(name, "an integer")
		case timed && (n < 0 || n >= math.MaxUint64):
			return wrong(name, "a positive 64 bit integer")
		case !timed && !text:
			return wrong(name, "a string")
		}
	}
	if aud, there := claims["aud"]; there && !isTexts(aud) {
		return wrong("aud", "a string or string list")
	}
	return ""
}

// isTexts reports whether a value is a text or a list of texts.
func isTexts(value any) bool {
	if list, ok := value.([]any); ok {
		return match.AllOf(list, func(v any) bool { _, ok := v.(string); return ok })
	}
	_, ok := value.(string)
	return ok
}

// claimAt is the claim at a path such as outer.inner.
func claimAt(claims map[string]any, path string) (any, bool) {
	keys := strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		inner, ok := claims[key].(map[string]any)
		if !ok {
			return nil, false
		}
		claims = inner
	}
	value, ok := claims[keys[len(keys)-1]]
	return value, ok
}

// claimText is a claim as a header holds it, "" where it holds none: what is no single value is JSON in base64.
func claimText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		if v < 0 || v >= math.MaxUint64 || v != math.Trunc(v) {
			return strconv.FormatFloat(v, 'f', 6, 64)
		}
		return strconv.FormatUint(uint64(v), 10)
	case nil:
		return ""
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(text)
}
