package gatewayapi

// A Filter changes a request or a response, or answers by itself.
type Filter struct {
	Type                   string        `json:"type"`
	RequestHeaderModifier  *HeaderFilter `json:"requestHeaderModifier"`
	ResponseHeaderModifier *HeaderFilter `json:"responseHeaderModifier"`
	RequestMirror          *MirrorFilter `json:"requestMirror"`
	RequestRedirect        *Redirect     `json:"requestRedirect"`
	URLRewrite             *URLRewrite   `json:"urlRewrite"`
	CORS                   *CORS         `json:"cors"`
}

// A HeaderFilter changes headers.
type HeaderFilter struct {
	Set    []Header `json:"set"`
	Add    []Header `json:"add"`
	Remove []string `json:"remove"`
}

// A Header is a name and a value.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A MirrorFilter sends a copy of some requests elsewhere.
type MirrorFilter struct {
	BackendRef BackendRef `json:"backendRef"`
	Percent    *int32     `json:"percent"`
	Fraction   *Fraction  `json:"fraction"`
}

// A Fraction is a share of requests.
type Fraction struct {
	Numerator   int32  `json:"numerator"`
	Denominator *int32 `json:"denominator"`
}

// A Redirect answers with another URL.
type Redirect struct {
	Scheme     *string       `json:"scheme"`
	Hostname   *string       `json:"hostname"`
	Path       *PathModifier `json:"path"`
	Port       *uint32       `json:"port"`
	StatusCode *uint32       `json:"statusCode"`
}

// A URLRewrite changes the URL of a request.
type URLRewrite struct {
	Hostname *string       `json:"hostname"`
	Path     *PathModifier `json:"path"`
}

// A PathModifier replaces a path, or the prefix that matched.
type PathModifier struct {
	Type               string  `json:"type"`
	ReplaceFullPath    *string `json:"replaceFullPath"`
	ReplacePrefixMatch *string `json:"replacePrefixMatch"`
}

// CORS says which origins may call.
type CORS struct {
	AllowOrigins     []string `json:"allowOrigins"`
	AllowCredentials *bool    `json:"allowCredentials"`
	AllowMethods     []string `json:"allowMethods"`
	AllowHeaders     []string `json:"allowHeaders"`
	ExposeHeaders    []string `json:"exposeHeaders"`
	MaxAge           int32    `json:"maxAge"`
}
