package route

import (
	"fmt"
	"regexp"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/request"
)

// near says how little the path of a request lacks to match a route, "" where it lacks more than that.
func (t *Route) near(r *request.Request) string {
	if t.Path.Condition.Test(r) {
		return ""
	}
	path := r.PathOnly()
	switch p := t.Proto.GetMatch().GetPathSpecifier().(type) {
	case *routev3.RouteMatch_Prefix:
		return nearText(path[:min(len(path), len(p.Prefix))], p.Prefix)
	case *routev3.RouteMatch_PathSeparatedPrefix:
		return nearText(path[:min(len(path), len(p.PathSeparatedPrefix))], p.PathSeparatedPrefix)
	case *routev3.RouteMatch_Path:
		return nearText(path, p.Path)
	case *routev3.RouteMatch_SafeRegex:
		return nearRegex(r.Path, path, p.SafeRegex.GetRegex())
	}
	return ""
}

func nearText(got, want string) string {
	switch {
	case strings.EqualFold(got, want):
		return "only the case differs, which counts unless ignoreUriCase is set"
	case strings.TrimSuffix(got, "/") == strings.TrimSuffix(want, "/"):
		return "only the slash at the end differs"
	}
	return ""
}

func nearRegex(whole, path, pattern string) string {
	re, err := regexp.Compile(pattern)
	switch {
	case err != nil:
		return ""
	case match.FullRegex(pattern).Test(whole):
		return "it would match with the query, but paths are matched without it"
	case re.MatchString(path):
		return "it matches a part of the path, and must match the whole"
	}
	return ""
}

// nearest is the first route of the virtual host that the request nearly matches, in words; "" where there is none.
func (v *VirtualHost) nearest(req *request.Request) string {
	for _, t := range v.Routes {
		if near := t.near(req); near != "" {
			return "; " + t.Label + " nearly does (" + t.Path.Says + "): " + near
		}
	}
	return ""
}

// Rejected tells for each route before the chosen one the first condition that the request fails, and that those
// after it were not asked.
func (v *VirtualHost) Rejected(req *request.Request, chosen *Route, places *decision.Origins) []decision.Candidate {
	var out []decision.Candidate
	asked := true
	for _, t := range v.Routes {
		if t == chosen {
			asked = false
			continue
		}
		because, says := "an earlier route matches", ""
		if asked {
			says, _ = t.Matches(req)
			because = "not so: " + says
			if near := t.near(req); near != "" {
				because += "; " + near
			}
		}
		if says == "" && asked {
			because = "its runtime fraction lets the request pass by"
		}
		out = append(out, decision.Candidate{Candidate: t.Label, Because: because, Origin: places.OriginOf(decision.At(t.Addr))})
	}
	return out
}

// NoRoute says why no route takes the request.
func (v *VirtualHost) NoRoute(req *request.Request) string {
	switch n := len(v.Routes); n {
	case 0:
		return fmt.Sprintf("no rule is for the host %s: the virtual host has no routes", req.Authority)
	case 1:
		return "the one route of the virtual host does not match" + v.nearest(req)
	default:
		return fmt.Sprintf("none of the %d routes of the virtual host matches", n) + v.nearest(req)
	}
}
