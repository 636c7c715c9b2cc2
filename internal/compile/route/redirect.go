package route

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	networking "istio.io/api/networking/v1alpha3"
)

var redirectCodes = map[uint32]routev3.RedirectAction_RedirectResponseCode{
	0:   routev3.RedirectAction_MOVED_PERMANENTLY,
	301: routev3.RedirectAction_MOVED_PERMANENTLY,
	302: routev3.RedirectAction_FOUND,
	303: routev3.RedirectAction_SEE_OTHER,
	307: routev3.RedirectAction_TEMPORARY_REDIRECT,
	308: routev3.RedirectAction_PERMANENT_REDIRECT,
}

// redirect makes a route answer with another URL. With a status code that Envoy does not know the route has no action.
func redirect(out *routev3.Route, in *networking.HTTPRedirect, scope Scope) {
	code, known := redirectCodes[in.RedirectCode]
	if !known {
		return
	}
	action := &routev3.RedirectAction{
		HostRedirect: in.Authority,
		PortRedirect: redirectPort(in, scope),
		ResponseCode: code,
	}
	if in.PrefixRewrite != "" {
		action.PathRewriteSpecifier = &routev3.RedirectAction_PrefixRewrite{PrefixRewrite: in.PrefixRewrite}
	} else {
		action.PathRewriteSpecifier = &routev3.RedirectAction_PathRedirect{PathRedirect: in.Uri}
	}
	if in.Scheme != "" {
		action.SchemeRewriteSpecifier = &routev3.RedirectAction_SchemeRedirect{SchemeRedirect: in.Scheme}
	}
	out.Action = &routev3.Route_Redirect{Redirect: action}
}

// redirectPort is the port of the new URL; 0 where its scheme implies it.
func redirectPort(in *networking.HTTPRedirect, scope Scope) uint32 {
	port := in.GetPort()
	if _, derived := in.RedirectPort.(*networking.HTTPRedirect_DerivePort); derived {
		if in.GetDerivePort() == networking.HTTPRedirect_FROM_REQUEST_PORT {
			port = scope.Port
		}
	}
	scheme := in.Scheme
	if scheme == "" && scope.TLS {
		scheme = "https"
	}
	switch {
	case port == 80 && (scheme == "http" || scheme == ""), port == 443 && scheme == "https":
		return 0
	}
	return port
}

// directResponse makes a route answer by itself.
func directResponse(out *routev3.Route, in *networking.HTTPDirectResponse) {
	action := &routev3.DirectResponseAction{Status: in.Status}
	switch body := in.GetBody().GetSpecifier().(type) {
	case *networking.HTTPBody_String_:
		action.Body = &corev3.DataSource{Specifier: &corev3.DataSource_InlineString{InlineString: body.String_}}
	case *networking.HTTPBody_Bytes:
		action.Body = &corev3.DataSource{Specifier: &corev3.DataSource_InlineBytes{InlineBytes: body.Bytes}}
	}
	out.Action = &routev3.Route_DirectResponse{DirectResponse: action}
}
