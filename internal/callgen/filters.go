package callgen

import (
	"strconv"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	bufferv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/buffer/v3"
	extauthzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	metadatav3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/header_to_metadata/v3"
)

// bodies are requests with bodies that a filter of the chain just accepts, and just does not.
func (s sampler) bodies(chain *listenerv3.FilterChain, requests []request) []request {
	var limits []uint32
	within(chain, func(b *bufferv3.Buffer) { limits = append(limits, b.GetMaxRequestBytes().GetValue()) })
	within(chain, func(a *extauthzv3.ExtAuthz) {
		if body := a.GetWithRequestBody(); body != nil {
			limits = append(limits, body.GetMaxRequestBytes())
		}
	})
	var out []request
	for _, limit := range limits {
		for _, base := range s.some(requests) {
			if base.headers["transfer-encoding"] != "" {
				continue // it says otherwise how long its body is
			}
			for _, n := range []uint32{limit, limit + 1} {
				out = append(out, base.with(func(r *request) {
					r.method, r.version, r.headers["content-length"] = "POST", "", strconv.Itoa(int(n))
				}))
			}
		}
	}
	return out
}

// learnt are requests with the headers of which filters of the chain make metadata.
func (s sampler) learnt(chain *listenerv3.FilterChain, requests []request) []request {
	var out []request
	within(chain, func(c *metadatav3.Config) {
		for _, rule := range c.GetRequestRules() {
			if rule.GetHeader() == "" {
				continue
			}
			for _, base := range s.some(requests) {
				for _, value := range []string{"qa", "other"} {
					out = append(out, base.with(func(r *request) { r.headers[strings.ToLower(rule.GetHeader())] = value }))
				}
			}
		}
	})
	return out
}
