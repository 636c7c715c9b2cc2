package route

import (
	"maps"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	networking "istio.io/api/networking/v1alpha3"
)

// headerEdits are the changes that a route or a destination makes to headers.
type headerEdits struct {
	requestAdd, responseAdd       []*corev3.HeaderValueOption
	requestRemove, responseRemove []string
	authority                     string // set or added as a header, which Envoy must do by a rewrite of the host
}

func editHeaders(in *networking.Headers) headerEdits {
	if in == nil {
		return headerEdits{}
	}
	request, response := in.GetRequest(), in.GetResponse()
	out := headerEdits{
		requestAdd:     slices.Concat(overwrite(request.GetSet()), appendTo(request.GetAdd())),
		responseAdd:    slices.Concat(overwrite(response.GetSet()), appendTo(response.GetAdd())),
		requestRemove:  withoutReserved(request.GetRemove()),
		responseRemove: withoutReserved(response.GetRemove()),
		authority:      authorityIn(request.GetAdd()),
	}
	if set := authorityIn(request.GetSet()); set != "" {
		out.authority = set
	}
	return out
}

func overwrite(headers map[string]string) []*corev3.HeaderValueOption {
	return headerOptions(headers, corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD)
}

func appendTo(headers map[string]string) []*corev3.HeaderValueOption {
	return headerOptions(headers, corev3.HeaderValueOption_APPEND_IF_EXISTS_OR_ADD)
}

func headerOptions(headers map[string]string, action corev3.HeaderValueOption_HeaderAppendAction) []*corev3.HeaderValueOption {
	var out []*corev3.HeaderValueOption
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if !reserved(name) {
			out = append(out, &corev3.HeaderValueOption{
				Header:       &corev3.HeaderValue{Key: name, Value: headers[name]},
				AppendAction: action,
			})
		}
	}
	return out
}

// reserved reports whether Envoy keeps a header to itself: the pseudo-headers of HTTP/2, and the host.
func reserved(name string) bool {
	return strings.HasPrefix(name, ":") || strings.EqualFold(name, "host")
}

func authorityIn(headers map[string]string) string {
	authority := ""
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if strings.EqualFold(name, ":authority") || strings.EqualFold(name, "host") {
			authority = headers[name]
		}
	}
	return authority
}

func withoutReserved(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), reserved)
}
