package meshgen

// httpValues are the parts of HTTP routes that speak of nothing else in the mesh.
type httpValues struct{ dice }

func (v httpValues) path() tree {
	return pick(v.dice,
		tree{"prefix": "/"}, tree{"prefix": "/api"}, tree{"prefix": "/api/"}, tree{"prefix": "/Shop/v1"},
		tree{"exact": "/"}, tree{"exact": "/api"}, tree{"exact": "/login"}, tree{"exact": "/a b"},
		tree{"regex": "/api/v[0-9]+/.*"}, tree{"regex": ".*"}, tree{"regex": "/(a|b)/?"}, tree{"regex": "(?i)/case/.+"},
	)
}

func (v httpValues) header() string {
	return pick(v.dice, "x-user", "x-beta", "cookie", "user-agent", "X-Mixed-Case", "content-type")
}

// claim is a condition on a claim of the request's token.
func (v httpValues) claim() tree {
	return pick(v.dice, tree{"exact": "admin"}, tree{"prefix": "ad"}, tree{"regex": "read|deep"}, tree{"exact": "read"})
}

// text is a condition on a text; the last asks only that there is one.
func (v httpValues) text() tree {
	return pick(v.dice, tree{"exact": "qa"}, tree{"prefix": "te"}, tree{"regex": "^(qa|test)-[0-9]+$"}, tree{"regex": ".*beta.*"}, tree{})
}

func (v httpValues) redirect(prefixes bool) tree {
	t := tree{}
	switch {
	case prefixes && v.chance(40):
		t["prefixRewrite"] = pick(v.dice, "/", "/new", "/new/")
	case v.chance(60):
		t["uri"] = pick(v.dice, "/moved", "/moved?x=1", "/")
	}
	v.maybe(t, 40, "authority", func() any { return pick(v.dice, "new.example.com", "new.example.com:8443") })
	v.maybe(t, 40, "scheme", func() any { return pick(v.dice, "http", "https") })
	v.maybe(t, 50, "redirectCode", func() any { return pick(v.dice, 301, 302, 303, 307, 308) })
	switch {
	case v.chance(20):
		t["port"] = pick(v.dice, 8443, 80, 443)
	case v.chance(20):
		t["derivePort"] = pick(v.dice, "FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT")
	}
	if len(t) == 0 || len(t) == 1 && t["redirectCode"] != nil {
		t["scheme"] = "https"
	}
	return t
}

func (v httpValues) directResponse() tree {
	t := tree{"status": pick(v.dice, 200, 204, 304, 404, 418, 503, 599)}
	v.maybe(t, 60, "body", func() any {
		return pick(v.dice, tree{"string": "gone"}, tree{"bytes": "Z29uZQ=="}, tree{"string": ""})
	})
	return t
}

func (v httpValues) rewrite() tree {
	t := tree{}
	switch v.N(3) {
	case 0:
		t["uri"] = pick(v.dice, "/", "/v2", "/v2/")
	case 1:
		t["uriRegexRewrite"] = pick(v.dice,
			tree{"match": "^/api/(.*)$", "rewrite": "/re/\\1"}, tree{"match": "/(a[a-z]*)/([^/]+)", "rewrite": "/\\2/\\1"},
			tree{"match": "a+", "rewrite": "/re"}, tree{"match": ".*", "rewrite": "/re"}, tree{"match": "[k-z]", "rewrite": "n\\0"})
	}
	if len(t) == 0 || v.chance(30) {
		t["authority"] = pick(v.dice, "inside.example.com", "www.example.com:8080")
	}
	return t
}

func (v httpValues) retries() tree {
	attempts := v.N(4)
	t := tree{"attempts": attempts}
	if attempts == 0 {
		return t
	}
	v.maybe(t, 40, "perTryTimeout", func() any { return "2s" })
	v.maybe(t, 15, "backoff", func() any { return "0.025s" })
	v.maybe(t, 15, "retryIgnorePreviousHosts", func() any { return v.chance(50) })
	v.maybe(t, 50, "retryOn", func() any {
		return pick(v.dice, "5xx", "gateway-error,connect-failure", "503,reset", "retriable-4xx", "unavailable,cancelled", "reset-before-request,retriable-status-codes,504")
	})
	v.maybe(t, 20, "retryRemoteLocalities", func() any { return v.chance(50) })
	return t
}

// fault is one whose delay does not keep a test waiting.
func (v httpValues) fault() tree {
	t := tree{}
	v.maybe(t, 60, "abort", func() any {
		abort := pick(v.dice, tree{"httpStatus": 418}, tree{"httpStatus": 503}, tree{"grpcStatus": "UNAVAILABLE"})
		v.maybe(abort, 85, "percentage", func() any { return tree{"value": pick(v.dice, 100.0, 50, 0.5)} })
		return abort
	})
	if len(t) == 0 || v.chance(30) {
		t["delay"] = tree{"fixedDelay": "0.010s", "percentage": tree{"value": pick(v.dice, 100.0, 25)}}
	}
	return t
}

func (v httpValues) cors() tree {
	t := tree{}
	v.maybe(t, 85, "allowOrigins", func() any {
		return list(pick(v.dice, tree{"exact": "https://shop.example.com"}, tree{"prefix": "https://"}, tree{"regex": "https://.*\\.example\\.com"}))
	})
	v.maybe(t, 50, "allowMethods", func() any { return list("GET", "POST") })
	v.maybe(t, 40, "allowHeaders", func() any { return list("x-user") })
	v.maybe(t, 30, "exposeHeaders", func() any { return list("x-set", "x-add") })
	v.maybe(t, 40, "maxAge", func() any { return "60s" })
	v.maybe(t, 40, "allowCredentials", func() any { return true })
	v.maybe(t, 20, "unmatchedPreflights", func() any { return pick(v.dice, "FORWARD", "IGNORE") })
	return t
}

func (v httpValues) headers() tree {
	t := tree{}
	v.maybe(t, 80, "request", func() any { return v.headerOperations(true) })
	if len(t) == 0 || v.chance(30) {
		t["response"] = v.headerOperations(false)
	}
	return t
}

func (v httpValues) headerOperations(request bool) tree {
	t := tree{}
	v.maybe(t, 50, "set", func() any {
		if request && v.chance(15) {
			return tree{pick(v.dice, ":authority", "Host"): "set.example.com"}
		}
		return tree{pick(v.dice, "x-set", "x-user"): pick(v.dice, "one", "100%%", "%PROTOCOL%", "%REQ(x-user)%", "%REQ(:path)%-%REQ(:METHOD)%", "")}
	})
	v.maybe(t, 50, "add", func() any { return tree{pick(v.dice, "x-add", "x-user", "cookie"): "two"} })
	v.maybe(t, 30, "remove", func() any { return list(pick(v.dice, "x-user", "x-beta", "user-agent")) })
	return t
}
