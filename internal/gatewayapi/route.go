package gatewayapi

// A ParentReference names what a route attaches to.
type ParentReference struct {
	ObjectReference
	SectionName *string `json:"sectionName"`
	Port        *uint32 `json:"port"`
}

// A BackendRef names where traffic goes.
type BackendRef struct {
	ObjectReference
	Port   *uint32 `json:"port"`
	Weight *int32  `json:"weight"`
}

// CommonRoute is what all routes have.
type CommonRoute struct {
	ParentRefs []ParentReference `json:"parentRefs"`
	Hostnames  []string          `json:"hostnames"`
}

// An HTTPRoute routes requests.
type HTTPRoute struct {
	Spec struct {
		CommonRoute
		Rules []HTTPRouteRule `json:"rules"`
	} `json:"spec"`
}

// HTTPRouteRule is a rule of an HTTPRoute.
type HTTPRouteRule struct {
	Name        *string          `json:"name"`
	Matches     []HTTPRouteMatch `json:"matches"`
	Filters     []Filter         `json:"filters"`
	BackendRefs []HTTPBackendRef `json:"backendRefs"`
	Timeouts    *Timeouts        `json:"timeouts"`
	Retry       *Retry           `json:"retry"`
}

// An HTTPRouteMatch is a condition on requests.
type HTTPRouteMatch struct {
	Path        *ValueMatch  `json:"path"`
	Headers     []NamedMatch `json:"headers"`
	QueryParams []NamedMatch `json:"queryParams"`
	Method      *string      `json:"method"`
}

// A ValueMatch is a condition on a string.
type ValueMatch struct {
	Type  string  `json:"type"`
	Value *string `json:"value"`
}

// A NamedMatch is a condition on a header or a query parameter.
type NamedMatch struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// An HTTPBackendRef is a backend with filters for what is sent there.
type HTTPBackendRef struct {
	BackendRef
	Filters []Filter `json:"filters"`
}

// Timeouts of a rule.
type Timeouts struct {
	Request        *string `json:"request"`
	BackendRequest *string `json:"backendRequest"`
}

// Retry is when a rule tries again.
type Retry struct {
	Codes    []int   `json:"codes"`
	Attempts *int    `json:"attempts"`
	Backoff  *string `json:"backoff"`
}

// A GRPCRoute routes gRPC requests.
type GRPCRoute struct {
	Spec struct {
		CommonRoute
		Rules []GRPCRouteRule `json:"rules"`
	} `json:"spec"`
}

// GRPCRouteRule is a rule of a GRPCRoute.
type GRPCRouteRule struct {
	Name        *string          `json:"name"`
	Matches     []GRPCRouteMatch `json:"matches"`
	Filters     []Filter         `json:"filters"`
	BackendRefs []HTTPBackendRef `json:"backendRefs"`
}

// A GRPCRouteMatch is a condition on gRPC requests.
type GRPCRouteMatch struct {
	Method *struct {
		Type    string  `json:"type"`
		Service *string `json:"service"`
		Method  *string `json:"method"`
	} `json:"method"`
	Headers []NamedMatch `json:"headers"`
}

// A ConnectionRoute is a TCPRoute or a TLSRoute, which routes connections.
type ConnectionRoute struct {
	Spec struct {
		CommonRoute
		Rules []ConnectionRule `json:"rules"`
	} `json:"spec"`
}

// ConnectionRule is a rule of a ConnectionRoute.
type ConnectionRule struct {
	Name        *string      `json:"name"`
	BackendRefs []BackendRef `json:"backendRefs"`
}
