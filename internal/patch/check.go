package patch

import (
	"errors"
	"fmt"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/envoy"
	"sem.example/internal/source"
)

// Checks are those of EnvoyFilters.
var Checks = []*diag.Check{ineffective, invalidValue, pointless, behindRouter, undone, oldNames, plainField, unknownType, unreached}

var ineffective = &diag.Check{
	ID:       "SEM361",
	Title:    "EnvoyFilter patch changes nothing",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The patch applies to workloads of the input, and no listener, route or cluster of theirs fits its match: context, names and ports all have
to fit what istiod generates. istiod ignores such a patch without a message.`,
	Fix: `Correct the part of the match that the finding names. "sem render" shows the names that a proxy has.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: app}, {name: istio-proxy, args: [proxy, sidecar]}]}
status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: limits, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    match: {context: SIDECAR_OUTBOUND, cluster: {service: kart.shop.svc.cluster.local}}
    patch: {operation: MERGE, value: {per_connection_buffer_limit_bytes: 65536}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: app}, {name: istio-proxy, args: [proxy, sidecar]}]}
status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: limits, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    match: {context: SIDECAR_OUTBOUND, cluster: {service: cart.shop.svc.cluster.local}}
    patch: {operation: MERGE, value: {per_connection_buffer_limit_bytes: 65536}}
`,
}

var invalidValue = &diag.Check{
	ID:       "SEM362",
	Title:    "value of an EnvoyFilter patch is not valid",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `The value is a message of Envoy of the type that applyTo names. istiod leaves out a patch whose value it cannot read, and ignores fields that
the message does not have. Envoy rejects a message that breaks its constraints or has an extension that it does not know: the proxy then
keeps its last configuration.`,
	Fix: `Correct the field that the finding names, as in the reference of Envoy.`,
	Wrong: `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: limits, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    match: {context: SIDECAR_OUTBOUND}
    patch: {operation: MERGE, value: {connect_timeout: soon}}
`,
	Right: `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: limits, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    match: {context: SIDECAR_OUTBOUND}
    patch: {operation: MERGE, value: {connect_timeout: 3s}}
`,
}

var pointless = &diag.Check{
	ID:       "SEM363",
	Title:    "EnvoyFilter operation has no effect on applyTo",
	Severity: diag.Error,
	Aliases:  []string{"IST0152", "IST0153", "IST0154"},
	Stage:    diag.NoStage,
	Why: `istiod applies each operation to some kinds of resources only, and ignores it for others: routes and route tables cannot be replaced, and
an EXTENSION_CONFIG can only be added. REMOVE and REPLACE of a filter need the name of the filter in the match.`,
	Fix: `Use an operation that applyTo supports, or name the filter in the match.`,
	Wrong: `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: limits, namespace: shop}
spec:
  configPatches:
  - applyTo: ROUTE_CONFIGURATION
    match: {context: SIDECAR_OUTBOUND}
    patch: {operation: REPLACE, value: {name: "80"}}
`,
	Right: `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: limits, namespace: shop}
spec:
  configPatches:
  - applyTo: ROUTE_CONFIGURATION
    match: {context: SIDECAR_OUTBOUND}
    patch: {operation: MERGE, value: {request_headers_to_remove: [x-debug]}}
`,
}

var behindRouter = &diag.Check{
	ID:       "SEM364",
	Title:    "EnvoyFilter adds an HTTP filter after the router",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `envoy.filters.http.router forwards the request and must be the last filter. ADD appends to the list, and INSERT_AFTER the router does too:
Envoy rejects the listener, and the proxy keeps its last configuration.`,
	Fix: `Use INSERT_BEFORE with the router as subFilter, or INSERT_FIRST.`,
	Wrong: `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      context: SIDECAR_INBOUND
      listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}}}}
    patch:
      operation: INSERT_AFTER
      value:
        name: envoy.filters.http.lua
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
          default_source_code: {inline_string: "function envoy_on_request(handle) end"}
`,
	Right: `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      context: SIDECAR_INBOUND
      listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}}}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
          default_source_code: {inline_string: "function envoy_on_request(handle) end"}
`,
}

var undone = &diag.Check{
	ID:       "SEM365",
	Title:    "EnvoyFilter patch is undone by another patch",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `istiod applies patches by priority, those of the root namespace first, then by age and name. A later patch removes or replaces the filter
that this one adds, in the same context.`,
	Fix: `Remove one of the two patches, or change the priority of an EnvoyFilter.`,
	Wrong: `
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: app}, {name: istio-proxy, args: [proxy, sidecar]}]}
status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: a-adds, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: SIDECAR_INBOUND}
    patch: {operation: INSERT_FIRST, value: {name: buffer, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer, max_request_bytes: 1024}}}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: b-removes, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: SIDECAR_INBOUND, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: buffer}}}}}
    patch: {operation: REMOVE}
`,
	Right: `
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: app}, {name: istio-proxy, args: [proxy, sidecar]}]}
status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: a-adds, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: SIDECAR_INBOUND}
    patch: {operation: INSERT_FIRST, value: {name: buffer, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer, max_request_bytes: 1024}}}
`,
}

var oldNames = &diag.Check{
	ID:       "SEM366",
	Title:    "EnvoyFilter uses a name that Envoy no longer has",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `Envoy renamed its filters to envoy.filters.…: istiod generates the new names, so a match with an old one fits nothing. Fields that Envoy
marks as deprecated are removed one year later; some are refused already.`,
	Fix: `Use the new name, or the field that replaces the deprecated one.`,
	Wrong: `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: SIDECAR_INBOUND, listener: {filterChain: {filter: {name: envoy.http_connection_manager}}}}
    patch: {operation: INSERT_FIRST, value: {name: buffer, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer, max_request_bytes: 1024}}}
`,
	Right: `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: SIDECAR_INBOUND, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}}
    patch: {operation: INSERT_FIRST, value: {name: buffer, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer, max_request_bytes: 1024}}}
`,
}

// routerFilter is the name of the HTTP filter that forwards requests.
const routerFilter = "envoy.filters.http.router"

// CheckFilter returns what is wrong with the patches of an EnvoyFilter, whatever proxy they act on.
func CheckFilter(o *config.Object) diag.List {
	x := finder{filter: o}
	for i := range config.Spec[*networking.EnvoyFilter](o).GetConfigPatches() {
		p, err := newPatch(o, i)
		switch {
		case errors.Is(err, errNoPatch):
		case err != nil:
			x.report(invalidValue, p.Field+".patch.value", "istiod leaves out this patch: %v", err)
		default:
			x.check(p)
		}
	}
	return x.found
}

// A finder gathers the findings of an EnvoyFilter.
type finder struct {
	filter *config.Object
	found  diag.List
}

func (x *finder) report(check *diag.Check, field, format string, args ...any) *diag.Diagnostic {
	x.found = append(x.found, diag.Diagnostic{Check: check, At: source.Place{Doc: x.filter.Doc, Field: field}, Message: fmt.Sprintf(format, args...)})
	return &x.found[len(x.found)-1]
}

func (x *finder) check(p *Patch) {
	if why := p.noEffect(); why != "" {
		x.report(pointless, p.Field+".patch.operation", "%s of %s has no effect: %s", p.Operation, p.ApplyTo, why)
		return
	}
	x.names(p)
	if name, anchored := p.httpFilter(); p.ApplyTo == networking.EnvoyFilter_HTTP_FILTER && (p.Operation == add || p.Operation == insertAfter && (!anchored || name == routerFilter)) {
		x.report(behindRouter, p.Field+".patch.operation", "%s puts the filter after %s, which must be the last one", p.Operation, routerFilter)
	}
	if p.value == nil {
		return
	}
	x.value(p)
	x.plain(p)
}

// noEffect is why the operation does nothing for what the patch applies to; "" where it may do something.
func (p *Patch) noEffect() string {
	_, network := p.networkFilter()
	_, http := p.httpFilter()
	_, listener := p.listenerFilter()
	anchored, list := false, ordered(p.ApplyTo)
	switch p.ApplyTo {
	case networking.EnvoyFilter_LISTENER_FILTER:
		anchored = listener
	case networking.EnvoyFilter_NETWORK_FILTER:
		anchored = network
	case networking.EnvoyFilter_HTTP_FILTER:
		anchored = http
	case networking.EnvoyFilter_HTTP_ROUTE:
		anchored = true
	case networking.EnvoyFilter_BOOTSTRAP:
		return ""
	}
	filters := list && p.ApplyTo != networking.EnvoyFilter_HTTP_ROUTE
	switch {
	case p.Operation != remove && p.value == nil:
		return "it has no value"
	case p.ApplyTo == networking.EnvoyFilter_EXTENSION_CONFIG && p.Operation != add:
		return "an EXTENSION_CONFIG is only added"
	case p.ApplyTo == networking.EnvoyFilter_ROUTE_CONFIGURATION && !p.merges():
		return "route tables are only merged with a value"
	case p.Operation == mergeAndReplaceList && filters:
		return "filters are only merged with MERGE"
	case p.Operation == replace && !filters && p.ApplyTo != networking.EnvoyFilter_VIRTUAL_HOST:
		return "only filters and virtual hosts are replaced"
	case (p.Operation == remove || p.Operation == replace) && filters && !anchored:
		return "the match names no filter"
	}
	return ""
}

// newNames are the names of filters that Envoy renamed.
var newNames = map[string]string{
	"envoy.http_connection_manager": connectionManager, "envoy.tcp_proxy": "envoy.filters.network.tcp_proxy", "envoy.mongo_proxy": "envoy.filters.network.mongo_proxy",
	"envoy.redis_proxy": "envoy.filters.network.redis_proxy", "envoy.ratelimit": "envoy.filters.network.ratelimit", "envoy.router": routerFilter,
	"envoy.cors": "envoy.filters.http.cors", "envoy.fault": "envoy.filters.http.fault", "envoy.lua": "envoy.filters.http.lua", "envoy.buffer": "envoy.filters.http.buffer",
	"envoy.ext_authz": "envoy.filters.http.ext_authz", "envoy.rate_limit": "envoy.filters.http.ratelimit", "envoy.grpc_web": "envoy.filters.http.grpc_web", "envoy.gzip": "envoy.filters.http.compressor",
	"envoy.listener.tls_inspector": "envoy.filters.listener.tls_inspector", "envoy.listener.http_inspector": "envoy.filters.listener.http_inspector",
	"envoy.listener.original_dst": "envoy.filters.listener.original_dst", "envoy.listener.proxy_protocol": "envoy.filters.listener.proxy_protocol",
	"envoy.filters.http.grpc_authz": "envoy.filters.http.ext_authz", "istio_authn": "", "istio.alpn": "",
}

// names reports names in the match that no proxy has.
func (x *finder) names(p *Patch) {
	at := p.Field + ".match.listener"
	network, _ := p.networkFilter()
	http, _ := p.httpFilter()
	listener, _ := p.listenerFilter()
	for _, n := range []struct{ field, name string }{
		{at + ".filterChain.filter.name", network}, {at + ".filterChain.filter.subFilter.name", http}, {at + ".listenerFilter", listener},
	} {
		if now, old := newNames[n.name]; old && now != "" {
			x.report(oldNames, n.field, "no proxy has a filter %s: its name is %s", n.name, now).Help = "use " + now
		}
	}
}

// value reports what Envoy refuses of a value, and what istiod ignores of it.
func (x *finder) value(p *Patch) {
	at := p.Field + ".patch.value"
	written := config.Spec[*networking.EnvoyFilter](x.filter).GetConfigPatches()[indexOf(p.Field)].GetPatch().GetValue()
	if unknown := envoy.UnknownField(written.AsMap(), messageFor(p.ApplyTo)); unknown != "" {
		x.report(invalidValue, at, "istiod ignores a field of the value: %s", unknown).Severity = diag.Warning
	}
	if kind, place := typeIn(written.AsMap()); kind != "" {
		d := x.report(unknownType, at+place, "no release of Envoy has the type %s", strings.TrimPrefix(kind, "type.googleapis.com/"))
		if near := nearestType(kind); near != "" {
			d.Help = "did you mean " + near + "?"
		}
		return
	}
	for _, field := range envoy.DeprecatedFields(p.value) {
		d := x.report(oldNames, at, "Envoy marks the field %s as deprecated", field.Name)
		d.Severity = diag.Warning
		if field.Refused {
			d.Severity, d.Message = diag.Error, "Envoy refuses the deprecated field "+field.Name
		}
	}
	if p.merges() {
		return
	}
	if err := envoy.Violation(p.value); err != nil {
		x.report(invalidValue, at, "Envoy refuses the value: %v", err)
	}
}

// FieldOf is the patch that a field is of.
func FieldOf(field string) string { return source.Index("spec.configPatches", indexOf(field)) }

func indexOf(field string) int {
	i := 0
	_, _ = fmt.Sscanf(strings.TrimPrefix(field, "spec.configPatches"), "[%d]", &i)
	return i
}

// Undone returns findings about filters that a patch adds and a later one removes or replaces, of all patches that act on a proxy.
func Undone(s *Patches) diag.List {
	var found diag.List
	for to, patches := range s.byTarget {
		for i, p := range patches {
			name := addedName(to, p)
			if name == "" {
				continue
			}
			for _, later := range patches[i+1:] {
				if later.takesAway(name) && (later.in(p.match.GetContext()) || p.in(later.match.GetContext())) {
					x := finder{filter: p.Filter}
					d := x.report(undone, p.Field+".patch.operation", "a later patch takes filter %s away again: %s of EnvoyFilter %s/%s", name, later.Operation, later.Filter.Namespace, later.Filter.Name)
					d.Related = []diag.Related{{Place: source.Place{Doc: later.Filter.Doc, Field: later.Field}, Note: "the later patch"}}
					found = append(found, x.found...)
				}
			}
		}
	}
	return found
}

// addedName is the name of the filter that a patch adds; "" where it adds none.
func addedName(to networking.EnvoyFilter_ApplyTo, p *Patch) string {
	if to != networking.EnvoyFilter_HTTP_FILTER && to != networking.EnvoyFilter_NETWORK_FILTER || p.Operation != add && !p.inserts() {
		return ""
	}
	if named, ok := p.value.(interface{ GetName() string }); ok {
		return named.GetName()
	}
	return ""
}

func (p *Patch) takesAway(name string) bool {
	if p.Operation != remove && p.Operation != replace {
		return false
	}
	network, _ := p.networkFilter()
	http, _ := p.httpFilter()
	return p.ApplyTo == networking.EnvoyFilter_HTTP_FILTER && http == name || p.ApplyTo == networking.EnvoyFilter_NETWORK_FILTER && network == name
}
