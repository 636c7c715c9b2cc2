package callgen

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	matchv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/path/match/uri_template/v3"

	"sem.example/internal/lazy"
)

// wild is what stands for a part of a path in a template: a segment, or any number of them.
var wild = lazy.Regexp(`\{[^}]*\}|\*\*?`)

// templated are paths around a template: parts of one segment, of several, of none, and with odd characters.
func templated(config *corev3.TypedExtensionConfig) []string {
	c := &matchv3.UriTemplateMatchConfig{}
	if config.GetTypedConfig().UnmarshalTo(c) != nil {
		return nil
	}
	var out []string
	for _, part := range []string{"a", "a/b", "", "a%20b", "a.b~c", "é", "{x}", "a//b", "*"} {
		path := wild().ReplaceAllLiteralString(c.GetPathTemplate(), part)
		out = append(out, path, path+"/", path+"x", path+"?q=1")
	}
	return out
}
