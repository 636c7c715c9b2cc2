package match

import (
	"regexp"
	"strings"

	matchv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/path/match/uri_template/v3"
	"google.golang.org/protobuf/types/known/anypb"

	"sem.example/internal/lazy"
)

// TemplateVariable is a variable of a URI template: {name} or {name=pattern}.
var TemplateVariable = lazy.Regexp(`\{([A-Za-z][A-Za-z0-9_]*)(?:=([^{}]*))?\}`)

// segment is what "*" stands for in a URI template; "**" stands for any number of segments.
const (
	segment  = `[a-zA-Z0-9\-._~%!$&'()+,;:@=*]+`
	segments = `[a-zA-Z0-9\-._~%!$&'()+,;:@=*/]*`
)

// TemplateOf returns the template of a route's path match policy, or "".
func TemplateOf(config *anypb.Any) string {
	c := &matchv3.UriTemplateMatchConfig{}
	if config.UnmarshalTo(c) != nil {
		return ""
	}
	return c.GetPathTemplate()
}

// TemplateRegex is the regular expression of a URI template, its variables as named groups.
func TemplateRegex(template string) (*regexp.Regexp, bool) {
	if template == "" {
		return nil, false
	}
	var b strings.Builder
	b.WriteString(`\A`)
	rest := 0
	for _, at := range TemplateVariable().FindAllStringSubmatchIndex(template, -1) {
		b.WriteString(templateText(template[rest:at[0]]))
		pattern := "*"
		if at[4] >= 0 {
			pattern = template[at[4]:at[5]]
		}
		b.WriteString("(?P<" + template[at[2]:at[3]] + ">" + templateText(pattern) + ")")
		rest = at[1]
	}
	b.WriteString(templateText(template[rest:]) + `\z`)
	re, err := regexp.Compile(b.String())
	return re, err == nil
}

// templateText is the regular expression of the text between variables.
func templateText(text string) string {
	text = regexp.QuoteMeta(text)
	text = strings.ReplaceAll(text, `\*\*`, segments)
	return strings.ReplaceAll(text, `\*`, segment)
}
