package meshgen

import "fmt"

// addEnvoyFilters adds EnvoyFilters to some meshes: each patches what every proxy has, so that a stock Envoy runs the result.
func addEnvoyFilters(g *generator) {
	if !g.chance(40) {
		return
	}
	p := patches{g.dice}
	for i := range 1 + g.N(3) {
		namespace := g.team()
		spec := tree{"configPatches": many(1+g.N(4), p.patch)}
		if namespace != root && g.chance(40) {
			spec["workloadSelector"] = tree{"labels": g.appLabels()}
		}
		g.maybe(spec, 30, "priority", func() any { return g.N(20) - 10 })
		g.add("networking.istio.io/v1alpha3", "EnvoyFilter", namespace, fmt.Sprintf("patch-%d", i), tree{"spec": spec})
	}
	g.add("networking.istio.io/v1alpha3", "EnvoyFilter", root, "authorizer", tree{"spec": tree{"priority": -100, "configPatches": list(authorizer())}})
}

// authorizer is a patch that adds the cluster of the external authorizers.
func authorizer() tree {
	endpoint := tree{"address": tree{"socket_address": tree{"address": "10.9.0.1", "port_value": 80}}}
	return tree{"applyTo": "CLUSTER", "patch": tree{"operation": "ADD", "value": tree{
		"name": "authorizer", "type": "STATIC", "connect_timeout": "1s",
		"load_assignment": tree{"cluster_name": "authorizer", "endpoints": list(tree{"lb_endpoints": list(tree{"endpoint": endpoint})})},
	}}}
}

// patches are those of EnvoyFilters.
type patches struct{ dice }

const (
	manager    = "envoy.filters.network.http_connection_manager"
	httpTypes  = "type.googleapis.com/envoy.extensions.filters.http."
	routerName = "envoy.filters.http.router"
)

func (p patches) patch() tree {
	return pick(p.dice, p.httpFilter, p.httpFilter, p.httpFilter, p.httpFilter, p.mergeFilter, p.connectionManager, p.route, p.route, p.virtualHost, p.table,
		p.cluster, p.tcpProxy, p.networkFilter, p.listener, p.listenerFilter, p.filterChain)()
}

// of is a patch of a context, or of any.
func (p patches) of(applyTo string, match tree, operation string, value tree) tree {
	if p.chance(70) {
		match["context"] = pick(p.dice, "SIDECAR_INBOUND", "SIDECAR_OUTBOUND", "GATEWAY")
	}
	patch := tree{"operation": operation}
	if value != nil {
		patch["value"] = value
	}
	out := tree{"applyTo": applyTo, "patch": patch}
	if len(match) > 0 {
		out["match"] = match
	}
	return out
}

// inManager matches an HTTP filter of connection managers.
func inManager(filter string) tree {
	f := tree{"name": manager}
	if filter != "" {
		f["subFilter"] = tree{"name": filter}
	}
	return tree{"listener": tree{"filterChain": tree{"filter": f}}}
}

// httpFilter adds a filter before the router, or takes one away.
func (p patches) httpFilter() tree {
	if p.chance(10) {
		return p.of("HTTP_FILTER", inManager(pick(p.dice, "envoy.filters.http.cors", "envoy.filters.http.fault", "envoy.filters.http.buffer")), "REMOVE", nil)
	}
	value := p.filter()
	if p.chance(25) {
		return p.of("HTTP_FILTER", inManager(""), "INSERT_FIRST", value)
	}
	if p.chance(20) {
		return p.of("HTTP_FILTER", inManager(pick(p.dice, "envoy.filters.http.cors", "envoy.filters.http.fault")), pick(p.dice, "INSERT_AFTER", "INSERT_BEFORE", "REPLACE"), value)
	}
	return p.of("HTTP_FILTER", inManager(routerName), "INSERT_BEFORE", value)
}

// filter is an HTTP filter that a stock Envoy has.
func (p patches) filter() tree {
	name := pick(p.dice, sorted(p.filters())...)
	config := p.filters()[name]()
	return tree{"name": "envoy.filters.http." + name, "typed_config": config}
}

func (p patches) filters() map[string]func() tree {
	return map[string]func() tree{
		"local_ratelimit":    func() tree { return p.localRateLimit() },
		"header_mutation":    func() tree { return typedConfig("header_mutation.v3.HeaderMutation", tree{"mutations": p.mutations()}) },
		"header_to_metadata": func() tree { return typedConfig("header_to_metadata.v3.Config", p.headerToMetadata()) },
		"cors":               func() tree { return typedConfig("cors.v3.Cors", tree{}) },
		"buffer": func() tree {
			return typedConfig("buffer.v3.Buffer", tree{"max_request_bytes": pick(p.dice, 1, 16, 1000)})
		},
		"rbac":  func() tree { return typedConfig("rbac.v3.RBAC", tree{"rules": p.rules()}) },
		"fault": func() tree { return typedConfig("fault.v3.HTTPFault", p.fault()) },
		"lua": func() tree {
			return typedConfig("lua.v3.Lua", tree{"default_source_code": tree{"inline_string": "-- nothing"}})
		},
		"ext_authz": func() tree { return p.extAuthz() },
		"grpc_web":  func() tree { return typedConfig("grpc_web.v3.GrpcWeb", tree{}) },
	}
}

func typedConfig(kind string, fields tree) tree {
	out := tree{"@type": httpTypes + kind}
	for name, value := range fields {
		out[name] = value
	}
	return out
}

func (p patches) localRateLimit() tree {
	t := tree{"stat_prefix": "rate", "token_bucket": tree{"max_tokens": pick(p.dice, 1, 5, 100000), "tokens_per_fill": 1, "fill_interval": "60s"}}
	p.maybe(t, 80, "filter_enabled", func() any { return percent(pick(p.dice, 100, 100, 0)) })
	p.maybe(t, 80, "filter_enforced", func() any { return percent(pick(p.dice, 100, 100, 0)) })
	p.maybe(t, 30, "status", func() any { return tree{"code": pick(p.dice, "ServiceUnavailable", "OK")} })
	p.maybe(t, 20, "local_rate_limit_per_downstream_connection", func() any { return true })
	return typedConfig("local_ratelimit.v3.LocalRateLimit", t)
}

func percent(n int) tree {
	return tree{"default_value": tree{"numerator": n, "denominator": "HUNDRED"}}
}

func (p patches) mutations() tree {
	t := tree{}
	p.maybe(t, 85, "request_mutations", func() any { return many(1+p.N(3), p.mutation) })
	p.maybe(t, 40, "response_mutations", func() any { return many(1+p.N(2), p.mutation) })
	p.maybe(t, 25, "query_parameter_mutations", func() any {
		return list(pick(p.dice, tree{"remove": "version"}, tree{"append": tree{"record": tree{"key": "added", "value": "1"}, "action": "OVERWRITE_IF_EXISTS_OR_ADD"}}))
	})
	return t
}

func (p patches) mutation() tree {
	name := pick(p.dice, "x-user", "x-beta", "x-set", "x-add", "cookie")
	switch p.N(6) {
	case 0:
		return tree{"remove": name}
	case 1:
		return tree{"remove_on_match": tree{"key_matcher": tree{"prefix": "x-b"}}}
	}
	return tree{"append": tree{"header": tree{"key": name, "value": pick(p.dice, "patched", "te", "qa")}, "append_action": p.action()}}
}

func (p patches) action() string {
	return pick(p.dice, "APPEND_IF_EXISTS_OR_ADD", "ADD_IF_ABSENT", "OVERWRITE_IF_EXISTS_OR_ADD", "OVERWRITE_IF_EXISTS")
}

func (p patches) headerToMetadata() tree {
	return tree{"request_rules": many(1+p.N(2), func() tree {
		rule := tree{"header": pick(p.dice, "x-user", "x-beta"), "on_header_present": tree{"metadata_namespace": "patched", "key": "user"}}
		p.maybe(rule, 40, "on_header_missing", func() any { return tree{"metadata_namespace": "patched", "key": "user", "value": "qa"} })
		p.maybe(rule, 30, "remove", func() any { return true })
		return rule
	})}
}

// rules are those of an RBAC filter, by what filters before it make of headers or by the request itself.
func (p patches) rules() tree {
	principal := pick(p.dice,
		tree{"metadata": tree{"filter": "patched", "path": list(tree{"key": "user"}), "value": tree{"string_match": tree{"exact": "qa"}}}},
		tree{"header": tree{"name": "x-user", "string_match": tree{"prefix": "te"}}}, tree{"any": true})
	permission := pick(p.dice, tree{"any": true}, tree{"url_path": tree{"path": tree{"prefix": "/api"}}}, tree{"not_rule": tree{"header": tree{"name": ":method", "string_match": tree{"exact": "GET"}}}})
	return tree{"action": pick(p.dice, "DENY", "DENY", "ALLOW"), "policies": tree{"patched": tree{"permissions": list(permission), "principals": list(principal)}}}
}

func (p patches) fault() tree {
	t := tree{}
	p.maybe(t, 70, "abort", func() any {
		return tree{"http_status": pick(p.dice, 418, 503), "percentage": tree{"numerator": pick(p.dice, 100, 50), "denominator": "HUNDRED"}}
	})
	p.maybe(t, 60, "headers", func() any { return list(tree{"name": "x-beta", "present_match": true}) })
	return t
}

// extAuthz asks an authorizer that allows, one that denies, or one that does not answer.
func (p patches) extAuthz() tree {
	t := tree{"transport_api_version": "V3"}
	if p.chance(30) {
		t["grpc_service"] = tree{"envoy_grpc": tree{"cluster_name": "authorizer"}, "timeout": "2s"}
	} else {
		t["http_service"] = tree{
			"server_uri": tree{"uri": "http://authorizer", "cluster": "authorizer", "timeout": "2s"}, "path_prefix": pick(p.dice, "/status/200", "/status/200", "/status/403", "/status/401"),
			"authorization_response": tree{"allowed_client_headers": tree{"patterns": list(tree{"exact": "x-none"})}},
		}
	}
	p.maybe(t, 50, "failure_mode_allow", func() any { return p.chance(60) })
	p.maybe(t, 40, "status_on_error", func() any { return tree{"code": pick(p.dice, "ServiceUnavailable", "Forbidden")} })
	p.maybe(t, 25, "with_request_body", func() any {
		return tree{"max_request_bytes": 16, "allow_partial_message": p.chance(50)}
	})
	return typedConfig("ext_authz.v3.ExtAuthz", t)
}

// mergeFilter changes a filter that istiod generates.
func (p patches) mergeFilter() tree {
	return p.of("HTTP_FILTER", inManager("envoy.filters.http.fault"), "MERGE", tree{"name": "envoy.filters.http.fault", "typed_config": typedConfig("fault.v3.HTTPFault", p.fault())})
}

// connectionManager changes settings of connection managers.
func (p patches) connectionManager() tree {
	parts := map[string]func() any{
		"stream_idle_timeout": func() any { return "60s" }, "request_timeout": func() any { return "30s" }, "server_name": func() any { return "patched" },
		"merge_slashes": func() any { return true }, "normalize_path": func() any { return p.chance(50) }, "max_request_headers_kb": func() any { return pick(p.dice, 1, 96) },
		"common_http_protocol_options": func() any {
			return tree{"max_headers_count": pick(p.dice, 5, 200), "headers_with_underscores_action": pick(p.dice, "ALLOW", "REJECT_REQUEST", "DROP_HEADER")}
		},
		"path_with_escaped_slashes_action": func() any { return pick(p.dice, "REJECT_REQUEST", "UNESCAPE_AND_REDIRECT", "UNESCAPE_AND_FORWARD") },
		"server_header_transformation":     func() any { return pick(p.dice, "OVERWRITE", "APPEND_IF_ABSENT", "PASS_THROUGH") },
		"strip_any_host_port":              func() any { return true }, "strip_trailing_host_dot": func() any { return true }, "skip_xff_append": func() any { return true },
		"use_remote_address": func() any { return p.chance(50) }, "xff_num_trusted_hops": func() any { return 1 + p.N(2) }, "preserve_external_request_id": func() any { return true },
		"always_set_request_id_in_response": func() any { return true }, "proxy_100_continue": func() any { return true }, "append_x_forwarded_port": func() any { return true },
		"http_protocol_options": func() any { return tree{"accept_http_10": true, "allow_chunked_length": true} },
	}
	config := tree{"@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"}
	for _, name := range some(p.dice, 1, 3, p.shuffled(sorted(parts))...) {
		config[name] = parts[name]()
	}
	return p.of("NETWORK_FILTER", tree{"listener": tree{"filterChain": tree{"filter": tree{"name": manager}}}}, "MERGE", tree{"name": manager, "typed_config": config})
}
