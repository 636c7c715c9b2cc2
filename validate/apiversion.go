package validate

import (
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM357",
	Title:    "v1beta1 of a Gateway API kind",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Fixable:  true,
	Why: `GatewayClass, Gateway and HTTPRoute have the same fields in v1, which every release of the Gateway API since 1.0 serves. v1beta1 is kept for
old manifests only.`,
	Fix: `Use version v1.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: HTTPRoute
metadata: {name: web, namespace: shop}
spec:
  parentRefs: [{name: edge, namespace: ingress}]
  rules: [{backendRefs: [{name: web, port: 80}]}]
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: shop}
spec:
  parentRefs: [{name: edge, namespace: ingress}]
  rules: [{backendRefs: [{name: web, port: 80}]}]
`,
}, formerVersion)

var _ = register(diag.Check{
	ID:       "SEM358",
	Title:    "deprecated version of a Gateway API kind",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The Gateway API has deprecated the version: a later release of its CRDs does not serve it, and the resource cannot be applied. A release
that serves v1 may be newer than the CRDs of the cluster, so --fix leaves the version.`,
	Fix: `Check that the CRDs of the cluster serve v1, and use it.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TLSRoute
metadata: {name: web, namespace: shop}
spec:
  parentRefs: [{name: edge, namespace: ingress}]
  hostnames: [web.example.com]
  rules: [{backendRefs: [{name: web, port: 443}]}]
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: TLSRoute
metadata: {name: web, namespace: shop}
spec:
  parentRefs: [{name: edge, namespace: ingress}]
  hostnames: [web.example.com]
  rules: [{backendRefs: [{name: web, port: 443}]}]
`,
}, deprecatedVersion)

// gatewayGroup is the group of the Gateway API.
const gatewayGroup = "gateway.networking.k8s.io"

// sameInV1 are the kinds whose v1beta1 is their v1 by another name.
var sameInV1 = []string{"Gateway", "GatewayClass", "HTTPRoute"}

// promoted are the kinds whose earlier versions the CRDs of the Gateway API mark as deprecated, with the release that first serves
// v1.
var promoted = map[string]string{"BackendTLSPolicy": "1.4", "TCPRoute": "1.6", "TLSRoute": "1.5"}

func formerVersion(s *facts.Set, r *reporter) {
	eachVersion(s, func(o *config.Object, version string) {
		if version == "v1beta1" && slices.Contains(sameInV1, o.KindName()) {
			at := facts.At(o, "apiVersion")
			r.at(at, "%s v1beta1 has the same fields in v1", o.KindName()).
				help("use %s/v1", gatewayGroup).fix(diag.Set(at.Source(), source.Text(gatewayGroup+"/v1")))
		}
	})
}

func deprecatedVersion(s *facts.Set, r *reporter) {
	eachVersion(s, func(o *config.Object, version string) {
		if since := promoted[o.KindName()]; since != "" && strings.HasPrefix(version, "v1alpha") {
			r.at(facts.At(o, "apiVersion"), "%s of %s is deprecated", version, o.KindName()).
				help("use v1, if the cluster has CRDs of Gateway API %s or later", since)
		}
	})
}

// eachVersion calls do for each object of the Gateway API, with the version that it is written in.
func eachVersion(s *facts.Set, do func(o *config.Object, version string)) {
	for _, o := range s.Objects {
		if version, ours := strings.CutPrefix(o.Doc.APIVersion, gatewayGroup+"/"); ours && s.Wanted(o) {
			do(o, version)
		}
	}
}
