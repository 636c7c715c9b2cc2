package patch

import "sem.example/internal/diag"

var unknownType = &diag.Check{
	ID:       "SEM387",
	Title:    "EnvoyFilter uses a type that Envoy does not have",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `The type of a typed_config names a message of Envoy. One that Envoy does not have, such as those of version 2 of its API, makes it reject the
listener, route or cluster: the proxy keeps its last configuration.`,
	Fix: `Correct the type, as in the reference of Envoy.`,
	Wrong: `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: SIDECAR_INBOUND}
    patch:
      operation: INSERT_FIRST
      value:
        name: envoy.filters.http.lua
        typed_config: {"@type": type.googleapis.com/envoy.config.filter.http.lua.v2.Lua, inline_code: "-- nothing"}
`,
	Right: `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lua, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: SIDECAR_INBOUND}
    patch:
      operation: INSERT_FIRST
      value:
        name: envoy.filters.http.lua
        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua, default_source_code: {inline_string: "-- nothing"}}
`,
}
