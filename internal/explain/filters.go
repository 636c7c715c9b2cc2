package explain

import (
	"fmt"
	"strconv"
	"strings"

	"sem.example/internal/lazy"
	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// filterReason is why a filter decided as it did.
func filterReason(s *simulate.Step) (string, bool) {
	switch r := s.Reason.(type) {
	case decision.Authorized:
		return authorizedText(r), true
	case decision.TokenRefused:
		return r.Fault, true
	case decision.TokenAccepted:
		return fmt.Sprintf("a token of issuer %v", r.Issuer), true
	case decision.Origin:
		return originText(r), true
	case decision.UpgradeRefused:
		return "upgrades to " + r.Protocol + " are not enabled", true
	case decision.Injected:
		if r.ByFilter {
			return "the fault filter injects it where a route says nothing of faults", true
		}
		return "the route injects it", true
	case decision.HeadersMutated:
		return "a filter changes headers of the request", true
	case decision.MetadataOfHeader:
		return "a filter keeps it as metadata of " + r.Namespace, true
	case decision.BodyLimited:
		return bodyText(r), true
	case decision.RateLimited:
		return limitedText(&r.Limit), true
	case decision.RunsCode:
		return "decided by its code (" + r.Language + "), which sem does not run", true
	case decision.AsksAuthorizer:
		return asksText(&r.Authorizer), true
	case decision.Tunnel:
		return "the bytes are tunnelled through this CONNECT request", true
	}
	return "", false
}

func authorizedText(r decision.Authorized) string {
	switch {
	case r.Policy != "":
		return policyText(r.Policy)
	case r.AllowList:
		return "ALLOW policies exist, but no ALLOW policy matches"
	}
	return "no DENY policy matches"
}

// policyRule is the name that Istio gives a rule of an AuthorizationPolicy.
var policyRule = lazy.Regexp(`^(?:istio-ext-authz-.*-)?ns\[(.*)\]-policy\[(.*)\]-rule\[(\d+)\]$`)

// missingProvider is the name of the rule by which istiod denies what a CUSTOM policy with an unknown provider matches.
var missingProvider = lazy.Regexp(`^istio-ext-authz-(.*)-ns\[(.*)\]-policy\[(.*)\]-rule\[(\d+)\]-deny-due-to-bad-CUSTOM-action$`)

func policyText(policy string) string {
	if m := missingProvider().FindStringSubmatch(policy); m != nil {
		n, _ := strconv.Atoi(m[4])
		return fmt.Sprintf("rule %d of AuthorizationPolicy %s/%s (CUSTOM) matches, and istiod denies what it matches: MeshConfig has no usable extension provider %q", n+1, m[2], m[3], m[1])
	}
	if m := policyRule().FindStringSubmatch(policy); m != nil {
		n, _ := strconv.Atoi(m[3])
		return fmt.Sprintf("rule %d of AuthorizationPolicy %s/%s matches", n+1, m[1], m[2])
	}
	return fmt.Sprintf("policy %q matches", policy)
}

// deniedText is why access is denied.
func deniedText(r decision.Authorized) string {
	if r.Policy == "" {
		return "no AuthorizationPolicy with action ALLOW matches the request"
	}
	return policyText(r.Policy)
}

func originText(r decision.Origin) string {
	switch {
	case r.Request == decision.ActualRequest:
		return "origin " + r.Origin
	case r.Allowed:
		return "origin " + r.Origin + " is allowed"
	}
	return "origin " + r.Origin + " is not allowed"
}

// faultText describes a fault.
func faultText(f *decision.Fault) string {
	var parts []string
	if f.AbortStatus != 0 {
		parts = append(parts, fmt.Sprintf("%g%% aborted with %d", 100*f.AbortShare, f.AbortStatus))
	}
	if f.Delay != "" {
		parts = append(parts, fmt.Sprintf("%g%% delayed by %s", 100*f.DelayShare, f.Delay))
	}
	return strings.Join(parts, ", ")
}
