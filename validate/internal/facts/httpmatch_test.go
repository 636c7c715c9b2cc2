package facts

import "testing"

func TestIsClaim(t *testing.T) {
	for name, want := range map[string]bool{
		"@request.auth.claims.group":   true,
		"@request.auth.claims[group]":  true,
		"@Request.Auth.Claims.group":   true,
		"@request.auth.claims.":        false,
		"@request.auth.claims[]":       false,
		"@request.auth.claims[group":   false,
		"@request.auth.claims":         false,
		"@request.auth.claimsgroup":    false,
		"request.auth.claims.group":    false,
		"x-request.auth.claims[group]": false,
	} {
		if got := IsClaim(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}
