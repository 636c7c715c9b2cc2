package hcm

import (
	"cmp"
	"encoding/base64"
	"strconv"
	"strings"

	metadatav3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/header_to_metadata/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/route"
)

// learn runs a filter that makes metadata of headers and cookies, for the filters behind it. The route stays as it is.
func learn(x *Stream, f *httpFilter, m *metadatav3.Config) {
	if own, ok := route.PerRoute[*metadatav3.Config](x.Route, f.name); ok {
		m = own
	}
	for _, rule := range m.GetRequestRules() {
		text, present := source(x, rule)
		if present && rule.GetRemove() && rule.GetHeader() != "" {
			name := strings.ToLower(rule.GetHeader())
			delete(x.Req.Headers, name)
			x.edits.Remove(name)
		}
		to := rule.GetOnHeaderMissing()
		if present {
			to = rule.GetOnHeaderPresent()
		}
		if to != nil {
			keep(x, f, to, text)
		}
	}
}

// source is the header or cookie that a rule is about.
func source(x *Stream, rule *metadatav3.Config_Rule) (string, bool) {
	if rule.GetHeader() != "" {
		return x.Req.Get(strings.ToLower(rule.GetHeader()))
	}
	value, _ := x.Req.Cookie(rule.GetCookie())
	return value, value != ""
}

// headerMetadata is where metadata is kept that names no place.
const headerMetadata = "envoy.filters.http.header_to_metadata"

func keep(x *Stream, f *httpFilter, to *metadatav3.Config_KeyValuePair, text string) {
	if s := route.NewSubstitution(to.GetRegexValueRewrite()); s != nil {
		text = s.Replace(text)
	} else {
		text = cmp.Or(to.GetValue(), text)
	}
	value, ok := typed(to, text)
	if !ok || text == "" {
		return
	}
	place := cmp.Or(to.GetMetadataNamespace(), headerMetadata)
	x.Req.Keep(place, to.GetKey(), value)
	x.Step("metadata", to.GetKey()+" = "+text, decision.MetadataOfHeader{Namespace: place}, x.filterAt(f))
}

// typed is a value of the type that is asked for. It is false where the text has none.
func typed(to *metadatav3.Config_KeyValuePair, text string) (any, bool) {
	if to.GetEncode() == metadatav3.Config_BASE64 {
		decoded, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, false
		}
		text = string(decoded)
	}
	switch to.GetType() {
	case metadatav3.Config_NUMBER:
		n, err := strconv.ParseFloat(text, 64)
		return n, err == nil
	case metadatav3.Config_PROTOBUF_VALUE:
		return nil, false
	}
	return text, true
}
