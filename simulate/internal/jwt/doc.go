// Package jwt checks the tokens of a request as the JWT authentication filter does, all but signature and lifetime.
package jwt
