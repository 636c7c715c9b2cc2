package meshgen

// route changes the routes that istiod generates, or adds one.
func (p patches) route() tree {
	host := tree{}
	p.maybe(host, 40, "route", func() any { return tree{"action": pick(p.dice, "ROUTE", "ANY")} })
	match := tree{"routeConfiguration": tree{"vhost": host}}
	switch {
	case p.chance(15):
		return p.of("HTTP_ROUTE", match, "INSERT_FIRST", tree{"name": "patched", "match": tree{"prefix": "/patched"}, "direct_response": tree{"status": 418}})
	case p.chance(15):
		return p.of("HTTP_ROUTE", match, "ADD", tree{"name": "patched", "match": tree{"path": "/patched/exact"}, "redirect": tree{"path_redirect": "/moved"}})
	}
	host["route"] = tree{"action": "ROUTE"}
	action := tree{}
	parts := map[string]func() any{
		"timeout":           func() any { return pick(p.dice, "2s", "0s") },
		"idle_timeout":      func() any { return "5s" },
		"prefix_rewrite":    func() any { return "/rewritten" },
		"retry_policy":      func() any { return tree{"retry_on": "5xx", "num_retries": 1 + p.N(2)} },
		"max_grpc_timeout":  func() any { return "1s" },
		"auto_host_rewrite": func() any { return true },
		"hash_policy":       func() any { return list(tree{"header": tree{"header_name": "x-user"}}) },
	}
	for _, name := range some(p.dice, 1, 2, p.shuffled([]string{"timeout", "idle_timeout", "retry_policy", "max_grpc_timeout", "hash_policy"})...) {
		action[name] = parts[name]()
	}
	value := tree{"route": action}
	p.headersOf(value)
	p.perFilter(value)
	return p.of("HTTP_ROUTE", match, "MERGE", value)
}

// headersOf gives a route, virtual host or table header operations.
func (p patches) headersOf(value tree) {
	option := func() any {
		return list(tree{"header": tree{"key": pick(p.dice, "x-set", "x-user", "x-patched"), "value": pick(p.dice, "patched", "%PROTOCOL%")}, "append_action": p.action()})
	}
	p.maybe(value, 30, "request_headers_to_add", option)
	p.maybe(value, 25, "response_headers_to_add", option)
	p.maybe(value, 20, "request_headers_to_remove", func() any { return list("x-beta") })
	p.maybe(value, 15, "response_headers_to_remove", func() any { return list("x-set") })
}

// perFilter sets something for filters that other patches add. Envoy accepts settings of filters that there are not.
func (p patches) perFilter(value tree) {
	settings := map[string]func() tree{
		"local_ratelimit": p.localRateLimit,
		"header_mutation": func() tree {
			return typedConfig("header_mutation.v3.HeaderMutationPerRoute", tree{"mutations": p.mutations()})
		},
		"header_to_metadata": func() tree { return typedConfig("header_to_metadata.v3.Config", p.headerToMetadata()) },
		"buffer": func() tree {
			return typedConfig("buffer.v3.BufferPerRoute", pick(p.dice, tree{"disabled": true}, tree{"buffer": tree{"max_request_bytes": 16}}))
		},
		"cors": func() tree {
			return typedConfig("cors.v3.CorsPolicy", tree{"allow_origin_string_match": list(tree{"prefix": "https://"}), "allow_methods": "GET", "max_age": "60"})
		},
		"rbac":      func() tree { return typedConfig("rbac.v3.RBACPerRoute", tree{"rbac": tree{"rules": p.rules()}}) },
		"fault":     func() tree { return typedConfig("fault.v3.HTTPFault", p.fault()) },
		"ext_authz": func() tree { return typedConfig("ext_authz.v3.ExtAuthzPerRoute", tree{"disabled": true}) },
		"lua":       func() tree { return typedConfig("lua.v3.LuaPerRoute", tree{"disabled": true}) },
	}
	of := tree{}
	for _, name := range some(p.dice, 0, 2, p.shuffled(sorted(settings))...) {
		of["envoy.filters.http."+name] = settings[name]()
	}
	if len(of) > 0 && p.chance(60) {
		value["typed_per_filter_config"] = of
	}
}

func (p patches) virtualHost() tree {
	value := tree{}
	p.headersOf(value)
	p.perFilter(value)
	if len(value) == 0 {
		value["include_request_attempt_count"] = true
	}
	return p.of("VIRTUAL_HOST", tree{}, "MERGE", value)
}

func (p patches) table() tree {
	value := tree{}
	p.headersOf(value)
	p.perFilter(value)
	p.maybe(value, 30, "most_specific_header_mutations_wins", func() any { return true })
	if len(value) == 0 {
		value["request_headers_to_remove"] = list("x-user")
	}
	return p.of("ROUTE_CONFIGURATION", tree{}, "MERGE", value)
}

// cluster changes settings of clusters that say nothing of where calls go, or one that does.
func (p patches) cluster() tree {
	value := pick(p.dice,
		tree{"connect_timeout": "3s"}, tree{"per_connection_buffer_limit_bytes": 65536}, tree{"max_requests_per_connection": 1},
		tree{"upstream_connection_options": tree{"tcp_keepalive": tree{"keepalive_time": 60}}}, tree{"circuit_breakers": tree{"thresholds": list(tree{"max_connections": 100})}},
		tree{"respect_dns_ttl": true}, tree{"track_timeout_budgets": true})
	match := tree{}
	p.maybe(match, 30, "cluster", func() any { return tree{"portNumber": pick(p.dice, 80, 9000, 8443)} })
	return p.of("CLUSTER", match, "MERGE", value)
}

func (p patches) tcpProxy() tree {
	const name = "envoy.filters.network.tcp_proxy"
	return p.of("NETWORK_FILTER", tree{"listener": tree{"filterChain": tree{"filter": tree{"name": name}}}}, "MERGE",
		tree{"name": name, "typed_config": tree{"@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", "idle_timeout": "900s", "max_connect_attempts": 2}})
}

// networkFilter puts a filter before those that read the bytes.
func (p patches) networkFilter() tree {
	value := pick(p.dice,
		tree{"name": "envoy.filters.network.rbac", "typed_config": tree{
			"@type": "type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC", "stat_prefix": "patched",
			"rules": tree{"action": pick(p.dice, "DENY", "ALLOW"), "policies": tree{"port": tree{"permissions": list(tree{"destination_port": pick(p.dice, 80, 8080, 9000)}), "principals": list(tree{"any": true})}}},
		}},
		tree{"name": "envoy.filters.network.connection_limit", "typed_config": tree{
			"@type": "type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit", "stat_prefix": "patched", "max_connections": 100000,
		}},
		tree{"name": "envoy.filters.network.local_ratelimit", "typed_config": tree{
			"@type": "type.googleapis.com/envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit", "stat_prefix": "patched",
			"token_bucket": tree{"max_tokens": 100000, "tokens_per_fill": 100000, "fill_interval": "60s"},
		}})
	return p.of("NETWORK_FILTER", tree{"listener": tree{"filterChain": tree{}}}, "INSERT_FIRST", value)
}

func (p patches) listener() tree {
	return p.of("LISTENER", tree{}, "MERGE", pick(p.dice, tree{"per_connection_buffer_limit_bytes": 32768}, tree{"listener_filters_timeout": "0.500s"}, tree{"tcp_backlog_size": 64}))
}

func (p patches) listenerFilter() tree {
	const types = "type.googleapis.com/envoy.extensions.filters.listener."
	value := pick(p.dice,
		tree{"name": "envoy.filters.listener.tls_inspector", "typed_config": tree{"@type": types + "tls_inspector.v3.TlsInspector"}},
		tree{"name": "envoy.filters.listener.http_inspector", "typed_config": tree{"@type": types + "http_inspector.v3.HttpInspector"}})
	return p.of("LISTENER_FILTER", tree{}, pick(p.dice, "INSERT_FIRST", "ADD"), value)
}

// filterChain names chains after a patch, or gives them a limit.
func (p patches) filterChain() tree {
	return p.of("FILTER_CHAIN", tree{"listener": tree{"filterChain": tree{"transportProtocol": pick(p.dice, "tls", "raw_buffer")}}}, "MERGE", tree{"transport_socket_connect_timeout": "10s"})
}
