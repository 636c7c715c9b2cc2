package security

import (
	"fmt"
	"strconv"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	uritemplatev3 "github.com/envoyproxy/go-control-plane/envoy/extensions/path/match/uri_template/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	security "istio.io/api/security/v1beta1"
	"sem.example/internal/compile/xds"
)

// permissions combines matchers of what is asked for.
var permissions = logic[rbacv3.Permission]{
	any: func() *rbacv3.Permission { return &rbacv3.Permission{Rule: &rbacv3.Permission_Any{Any: true}} },
	and: func(ps []*rbacv3.Permission) *rbacv3.Permission {
		return &rbacv3.Permission{Rule: &rbacv3.Permission_AndRules{AndRules: &rbacv3.Permission_Set{Rules: ps}}}
	},
	or: func(ps []*rbacv3.Permission) *rbacv3.Permission {
		return &rbacv3.Permission{Rule: &rbacv3.Permission_OrRules{OrRules: &rbacv3.Permission_Set{Rules: ps}}}
	},
	not: func(p *rbacv3.Permission) *rbacv3.Permission {
		return &rbacv3.Permission{Rule: &rbacv3.Permission_NotRule{NotRule: p}}
	},
}

// operationClauses are what a "to" entry asks for.
func operationClauses(o *security.Operation, at string) []clause[rbacv3.Permission] {
	var out []clause[rbacv3.Permission]
	add := func(name string, http bool, values, not []string, match func([]string) (*rbacv3.Permission, error)) {
		notName := "not" + strings.ToUpper(name[:1]) + name[1:]
		out = ask(out, clause[rbacv3.Permission]{
			field: at + name, notField: at + notName, values: values, not: not, http: http, match: match,
		})
	}
	add("hosts", true, o.GetHosts(), o.GetNotHosts(), each(permissions, hostPermission))
	add("methods", true, o.GetMethods(), o.GetNotMethods(), each(permissions, methodPermission))
	add("paths", true, o.GetPaths(), o.GetNotPaths(), each(permissions, pathPermission))
	add("ports", false, o.GetPorts(), o.GetNotPorts(), each(permissions, portPermission))
	return out
}

// permissionClause returns the clause of a condition about what is asked for; ok is false for any other key.
func permissionClause(key string) (c clause[rbacv3.Permission], ok bool) {
	switch {
	case key == "destination.ip":
		c.match = each(permissions, destinationPermission)
	case key == "destination.port":
		c.match = each(permissions, portPermission)
	case key == "connection.sni":
		c.match = each(permissions, sniPermission)
	case strings.HasPrefix(key, "experimental.envoy.filters."):
		c.match = func(values []string) (*rbacv3.Permission, error) { return metadataPermission(key, values) }
	default:
		return c, false
	}
	return c, true
}

func destinationPermission(value string) (*rbacv3.Permission, error) {
	cidr, err := xds.CIDRRange(value)
	if err != nil {
		return nil, err
	}
	return &rbacv3.Permission{Rule: &rbacv3.Permission_DestinationIp{DestinationIp: cidr}}, nil
}

func portPermission(value string) (*rbacv3.Permission, error) {
	port, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%q is not a port", value)
	}
	return &rbacv3.Permission{Rule: &rbacv3.Permission_DestinationPort{DestinationPort: uint32(port)}}, nil
}

func sniPermission(value string) (*rbacv3.Permission, error) {
	return &rbacv3.Permission{Rule: &rbacv3.Permission_RequestedServerName{RequestedServerName: pattern(value)}}, nil
}

func hostPermission(value string) (*rbacv3.Permission, error) {
	return headerPermission(headerPattern(":authority", value, true)), nil
}

func methodPermission(value string) (*rbacv3.Permission, error) {
	return headerPermission(headerPattern(":method", value, false)), nil
}

func headerPermission(m *routev3.HeaderMatcher) *rbacv3.Permission {
	return &rbacv3.Permission{Rule: &rbacv3.Permission_Header{Header: m}}
}

// pathTemplate rewrites Istio's path operators as Envoy's.
var pathTemplate = strings.NewReplacer("{**}", "**", "{*}", "*")

func pathPermission(value string) (*rbacv3.Permission, error) {
	if strings.Contains(value, "{*}") || strings.Contains(value, "{**}") {
		return &rbacv3.Permission{Rule: &rbacv3.Permission_UriTemplate{UriTemplate: &corev3.TypedExtensionConfig{
			Name:        "uri-template",
			TypedConfig: xds.Any(&uritemplatev3.UriTemplateMatchConfig{PathTemplate: pathTemplate.Replace(value)}),
		}}}, nil
	}
	return &rbacv3.Permission{Rule: &rbacv3.Permission_UrlPath{UrlPath: &matcherv3.PathMatcher{
		Rule: &matcherv3.PathMatcher_Path{Path: pattern(value)},
	}}}, nil
}

// metadataPermission matches what another filter has written down: "experimental.envoy.filters.a.b[key]". A value in
// brackets is looked for in a list.
func metadataPermission(key string, values []string) (*rbacv3.Permission, error) {
	filter, name, ok := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(key, "experimental."), "]"), "[")
	if !ok {
		return nil, fmt.Errorf("%q lacks a name in brackets", key)
	}
	var any []*matcherv3.ValueMatcher
	for _, v := range values {
		if strings.HasPrefix(v, "[") && strings.HasSuffix(v, "]") {
			any = append(any, xds.ListValue(xds.StringValue(pattern(strings.Trim(v, "[]")))))
		} else {
			any = append(any, xds.StringValue(pattern(v)))
		}
	}
	return &rbacv3.Permission{Rule: &rbacv3.Permission_Metadata{
		Metadata: &matcherv3.MetadataMatcher{Filter: filter, Path: xds.MetadataPath(name), Value: xds.ValueIn(any)},
	}}, nil
}
