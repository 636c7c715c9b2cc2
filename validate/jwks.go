package validate

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM095",
	Title:    "JWK set is invalid",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why: `jwks contains the keys that verify tokens, as a JWK set in JSON. Istio rejects keys that it cannot read. Private keys are accepted but not
needed, and everyone who can read the resource has them.`,
	Fix: `Use the public keys of the issuer, as served by its jwks_uri.`,
	Wrong: `
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: jwt, namespace: shop}
spec: {jwtRules: [{issuer: me, jwks: '{"keys": [{"kty": "RSA", "n": "AQAB"}]}'}]}
`,
	Right: `
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: jwt, namespace: shop}
spec: {jwtRules: [{issuer: me, jwks: '{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}'}]}
`,
}, jwks)

func jwks(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "RequestAuthentication", func(o *config.Object, spec *security.RequestAuthentication) {
		for i, rule := range spec.JwtRules {
			if rule.GetJwks() == "" {
				continue
			}
			at := facts.At(o, "spec.jwtRules").Item(i).Sub("jwks")
			keys, err := readKeys(rule.Jwks)
			if err != nil {
				r.at(at, "jwks is invalid: %v", err).rejected()
			}
			for j, k := range keys {
				if k.private() {
					r.at(at, "key %d of jwks is a private key", j).severity(diag.Warning).warned()
				}
			}
		}
	})
}

// A key is one JWK (RFC 7517): its members by name.
type key map[string]any

// material is what keys of each type have to hold, in base64.
var material = map[string][]string{"RSA": {"n", "e"}, "EC": {"x", "y"}, "OKP": {"x"}, "oct": {"k"}}

// readKeys reads a JWK set, or a single key.
func readKeys(text string) ([]key, error) {
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal([]byte(text), &set); err != nil {
		return nil, err
	}
	if len(set.Keys) == 0 {
		set.Keys = []json.RawMessage{json.RawMessage(text)}
	}
	var keys []key
	for i, data := range set.Keys {
		k := key{}
		if err := json.Unmarshal(data, &k); err != nil {
			return keys, err
		}
		if err := k.check(); err != nil {
			return keys, fmt.Errorf("key %d %w", i, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func (k key) check() error {
	kty, _ := k["kty"].(string)
	members, ok := material[kty]
	if !ok {
		return fmt.Errorf("has type %q; must be RSA, EC, OKP or oct", kty)
	}
	for _, m := range members {
		s, ok := k[m].(string)
		if !ok || s == "" {
			return fmt.Errorf("of type %s has no %q", kty, m)
		}
		if _, err := base64.RawURLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(s)); err != nil {
			return fmt.Errorf("has a %q that is not base64", m)
		}
	}
	return nil
}

// private reports whether a key can sign, and not only verify.
func (k key) private() bool {
	d, _ := k["d"].(string)
	return d != "" || k["kty"] == "oct"
}
