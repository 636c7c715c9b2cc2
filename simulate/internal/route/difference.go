package route

import (
	"net/http"
	"slices"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/request"
)

// difference is how little the path of a request lacks to match a route. A CONNECT request has none.
func (t *Route) difference(r *request.Request) decision.Difference {
	if r.Method == http.MethodConnect || t.Path.Condition.Test(r) {
		return 0
	}
	path := r.PathOnly()
	switch p := t.Proto.GetMatch().GetPathSpecifier().(type) {
	case *routev3.RouteMatch_Prefix:
		return textDifference(path[:min(len(path), len(p.Prefix))], p.Prefix)
	case *routev3.RouteMatch_PathSeparatedPrefix:
		return textDifference(path[:min(len(path), len(p.PathSeparatedPrefix))], p.PathSeparatedPrefix)
	case *routev3.RouteMatch_Path:
		return textDifference(path, p.Path)
	case *routev3.RouteMatch_SafeRegex:
		return regexDifference(r.Path, path, p.SafeRegex.GetRegex())
	}
	return 0
}

func textDifference(got, want string) decision.Difference {
	switch {
	case strings.EqualFold(got, want):
		return decision.OnlyCase
	case strings.TrimSuffix(got, "/") == strings.TrimSuffix(want, "/"):
		return decision.OnlyFinalSlash
	}
	return 0
}

func regexDifference(whole, path, pattern string) decision.Difference {
	re, err := match.Compile(pattern, 0)
	switch {
	case err != nil:
		return 0
	case match.FullRegex(pattern).Test(whole):
		return decision.OnlyQuery
	case re.MatchString(path):
		return decision.OnlyPart
	}
	return 0
}

// comparedRegexes is how many regular expressions of a virtual host are tried in order to advise. They are compiled anew for it.
const comparedRegexes = 20

// similar is the first route of the virtual host that the request nearly matches, or nil.
func (v *VirtualHost) similar(req *request.Request) *decision.SimilarRoute {
	regexes := 0
	for _, t := range v.Routes {
		if t.Proto.GetMatch().GetSafeRegex() != nil {
			if regexes++; regexes > comparedRegexes {
				continue
			}
		}
		if d := t.difference(req); d != 0 {
			return &decision.SimilarRoute{Label: t.Label, Path: t.Path.Says, Difference: d}
		}
	}
	return nil
}

// NoRoute is why no route takes the request.
func (v *VirtualHost) NoRoute(req *request.Request) decision.Reason {
	out := decision.NoRouteMatch{Authority: req.Authority, Routes: len(v.Routes), Connect: req.Method == http.MethodConnect, Similar: v.similar(req), Preflight: req.Preflight()}
	if len(v.Routes) == 1 {
		out.Only = v.Routes[0].rejection(req, true)
	}
	return out
}

// Rejected lists for each route before the chosen one the first condition that the request fails; those after it were
// not tried.
func (v *VirtualHost) Rejected(req *request.Request, chosen *Route, origins *decision.Origins) []decision.Candidate {
	var out []decision.Candidate
	tried := true
	for _, t := range v.Routes {
		if t == chosen {
			tried = false
			continue
		}
		out = append(out, decision.Candidate{Candidate: t.Label, Reason: t.rejection(req, tried), Origin: origins.OriginOf(decision.At(t.Addr))})
	}
	return out
}

// Behind returns the routes behind the chosen one that the request matches too. Those that take every request are left out, for
// they are meant for what is left, unless the chosen one takes every request itself.
func (v *VirtualHost) Behind(req *request.Request, chosen *Route, origins *decision.Origins) []decision.Behind {
	var out []decision.Behind
	for _, t := range v.Routes[slices.Index(v.Routes, chosen)+1:] {
		if t.takesAll() && !chosen.takesAll() {
			continue
		}
		if _, ok := t.Matches(req); ok {
			out = append(out, decision.Behind{Label: t.Label, First: chosen.Label, Origin: origins.OriginOf(decision.At(t.Addr))})
		}
	}
	return out
}

// takesAll reports whether the route takes every request.
func (t *Route) takesAll() bool {
	return len(t.conditions) == 1 && t.Proto.GetMatch().GetPrefix() == "/" && t.Share == 1
}

// rejection is why a request does not take a route.
func (t *Route) rejection(req *request.Request, tried bool) decision.Reason {
	if !tried {
		return decision.EarlierMatch{}
	}
	failed, ok := t.Matches(req)
	if ok {
		return decision.FractionExcludes{}
	}
	return decision.FailedCondition{Condition: failed, Difference: t.difference(req), Missing: missing(failed, req)}
}

// missing reports whether a request does not have what a condition is about.
func missing(c decision.Condition, req *request.Request) bool {
	has := true
	switch c.Subject {
	case decision.Header:
		_, has = req.Get(c.Name)
	case decision.Query:
		_, has = req.Parameter(c.Name)
	case decision.Cookie:
		_, has = req.Cookie(c.Name)
	}
	return !has
}
