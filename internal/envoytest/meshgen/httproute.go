package meshgen

import "slices"

// httpRoute is a rule: of some condition, or for whatever the rules before it left.
func (v *virtualService) httpRoute(conditional bool) tree {
	t := tree{}
	if conditional {
		t["match"] = many(pick(v.dice, 1, 1, 2), v.httpMatch)
	}
	if v.delegating(t) {
		return t
	}
	v.maybe(t, 20, "corsPolicy", func() any { return v.values.cors() })
	v.maybe(t, 20, "headers", func() any { return v.values.headers() })
	switch n := v.N(100); {
	case n < 12:
		t["redirect"] = v.values.redirect(conditional && onlyPrefixes(t["match"].([]any)))
	case n < 22:
		t["directResponse"] = v.values.directResponse()
	default:
		v.forward(t)
	}
	return t
}

// onlyPrefixes reports whether every condition is one on the beginning of the path.
func onlyPrefixes(matches []any) bool {
	return !slices.ContainsFunc(matches, func(m any) bool {
		uri, _ := m.(tree)["uri"].(tree)
		return uri["prefix"] == nil
	})
}

// forward has a rule send requests on.
func (v *virtualService) forward(t tree) {
	t["route"] = v.weighted(func(destination tree) {
		v.maybe(destination, 20, "headers", func() any { return v.values.headers() })
	})
	v.maybe(t, 30, "rewrite", func() any { return v.values.rewrite() })
	if rewrite, _ := t["rewrite"].(tree); rewrite["authority"] != nil {
		delete(t, "headers") // which might name the authority as well
	}
	v.maybe(t, 20, "timeout", func() any { return pick(v.dice, "4s", "2.5s") })
	v.maybe(t, 30, "retries", func() any { return v.values.retries() })
	v.maybe(t, 15, "fault", func() any { return v.values.fault() })
	switch {
	case v.chance(10):
		t["mirror"] = v.destination()
		v.maybe(t, 50, "mirrorPercentage", func() any { return tree{"value": 50} })
	case v.chance(10):
		t["mirrors"] = many(1+v.N(2), func() tree {
			return tree{"destination": v.destination(), "percentage": tree{"value": pick(v.dice, 12.5, 0, 100)}}
		})
	}
}

func (v *virtualService) httpMatch() tree {
	t := tree{}
	v.maybe(t, 75, "uri", func() any { return v.values.path() })
	v.maybe(t, 12, "ignoreUriCase", func() any { return true })
	v.maybe(t, 15, "method", func() any {
		return pick(v.dice, tree{"exact": "GET"}, tree{"regex": "POST|PUT"}, tree{"prefix": "P"}, tree{"exact": "get"})
	})
	v.maybe(t, 8, "scheme", func() any {
		return pick(v.dice, tree{"exact": "http"}, tree{"exact": "https"}, tree{"prefix": "http"}, tree{"regex": "https?"})
	})
	v.maybe(t, 8, "authority", func() any {
		return pick(v.dice, tree{"exact": "www.example.com"}, tree{"prefix": "web"}, tree{"regex": ".*example.*"}, tree{"exact": "WWW.example.com:80"})
	})
	v.maybe(t, 25, "headers", func() any { return tree{v.values.header(): v.values.text()} })
	if len(v.bound) > 0 && !slices.Contains(v.bound, "mesh") && v.chance(10) {
		t["headers"] = tree{pick(v.dice, "@request.auth.claims.group", "@request.auth.claims[scope]", "@request.auth.claims[outer][inner]"): v.values.claim()}
	}
	v.maybe(t, 12, "withoutHeaders", func() any { return tree{v.values.header(): v.values.text()} })
	v.maybe(t, 15, "queryParams", func() any { return tree{pick(v.dice, "q", "user"): v.values.text()} })
	v.client(t)
	if len(t) == 0 {
		t["uri"] = v.values.path()
	}
	return t
}
