package jwt

import "testing"

// The faults are those that Envoy answered with.
func TestTokenPart(t *testing.T) {
	const header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9" // {"alg":"HS256","typ":"JWT"}
	tests := map[string]struct{ text, fault string }{
		"an object":                       {header, ""},
		"with blanks":                     {header[:4] + " \t" + header[4:], ""},
		"behind the word Bearer":          {"Bearer " + header, "Jwt header is an invalid JSON"},
		"behind a word of another length": {"Token " + header, "Jwt header is an invalid Base64url encoded"},
		"with other characters":           {header + "?", "Jwt header is an invalid Base64url encoded"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tokenPart("header", test.text, &map[string]any{}); got != test.fault {
				t.Errorf("fault %q, want %q", got, test.fault)
			}
		})
	}
}
