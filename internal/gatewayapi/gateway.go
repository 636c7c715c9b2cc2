package gatewayapi

// Groups of the API.
const (
	Group             = "gateway.networking.k8s.io"
	ExperimentalGroup = "gateway.networking.x-k8s.io"
)

// A Gateway asks for a proxy with listeners.
type Gateway struct {
	Spec GatewaySpec `json:"spec"`
}

// GatewaySpec is what a Gateway asks for.
type GatewaySpec struct {
	GatewayClassName string            `json:"gatewayClassName"`
	Listeners        []Listener        `json:"listeners"`
	Addresses        []Address         `json:"addresses"`
	AllowedListeners *AllowedListeners `json:"allowedListeners"`
	TLS              *GatewayTLS       `json:"tls"`
	Infrastructure   *Infrastructure   `json:"infrastructure"`
}

// Infrastructure is how the proxy of a Gateway is deployed.
type Infrastructure struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// An Address is where a Gateway is reached.
type Address struct {
	Type  *string `json:"type"`
	Value string  `json:"value"`
}

// AllowedListeners says which ListenerSets may add listeners to a Gateway.
type AllowedListeners struct {
	Namespaces *RouteNamespaces `json:"namespaces"`
}

// A Listener is a port that a Gateway listens on.
type Listener struct {
	Name          string         `json:"name"`
	Hostname      *string        `json:"hostname"`
	Port          uint32         `json:"port"`
	Protocol      string         `json:"protocol"`
	TLS           *ListenerTLS   `json:"tls"`
	AllowedRoutes *AllowedRoutes `json:"allowedRoutes"`
}

// ListenerTLS is how a listener treats TLS.
type ListenerTLS struct {
	Mode            string              `json:"mode"` // Terminate or Passthrough
	CertificateRefs []ObjectReference   `json:"certificateRefs"`
	Options         map[string]string   `json:"options"`
	Validation      *FrontendValidation `json:"frontendValidation"` // by the Gateway's spec.tls
}

// GatewayTLS is what a Gateway sets for the TLS of all its listeners.
type GatewayTLS struct {
	Frontend *FrontendTLS `json:"frontend"`
}

// FrontendTLS asks clients for certificates.
type FrontendTLS struct {
	Default FrontendTLSConfig `json:"default"`
	PerPort []struct {
		Port uint32            `json:"port"`
		TLS  FrontendTLSConfig `json:"tls"`
	} `json:"perPort"`
}

// FrontendTLSConfig holds the validation of clients.
type FrontendTLSConfig struct {
	Validation *FrontendValidation `json:"validation"`
}

// FrontendValidation is how the certificates of clients are validated.
type FrontendValidation struct {
	CACertificateRefs []ObjectReference `json:"caCertificateRefs"`
	Mode              string            `json:"mode"`
}

// AllowedRoutes says which routes may attach to a listener.
type AllowedRoutes struct {
	Namespaces *RouteNamespaces `json:"namespaces"`
	Kinds      []RouteKind      `json:"kinds"`
}

// A RouteKind is a kind of route.
type RouteKind struct {
	Group *string `json:"group"`
	Kind  string  `json:"kind"`
}

// RouteNamespaces chooses namespaces: All, Same, None, or those that a selector matches.
type RouteNamespaces struct {
	From     string    `json:"from"`
	Selector *Selector `json:"selector"`
}

// A Selector selects objects by their labels.
type Selector struct {
	MatchLabels      map[string]string `json:"matchLabels"`
	MatchExpressions []Requirement     `json:"matchExpressions"`
}

// A Requirement is a condition on a label.
type Requirement struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values"`
}

// A GatewayClass says which controller serves its Gateways.
type GatewayClass struct {
	Spec struct {
		ControllerName string `json:"controllerName"`
	} `json:"spec"`
}

// A ListenerSet adds listeners to a Gateway.
type ListenerSet struct {
	Spec struct {
		ParentRef ObjectReference `json:"parentRef"`
		Listeners []Listener      `json:"listeners"`
	} `json:"spec"`
}

// A ReferenceGrant lets resources of other namespaces refer to those of its own.
type ReferenceGrant struct {
	Spec struct {
		From []struct {
			Group     string `json:"group"`
			Kind      string `json:"kind"`
			Namespace string `json:"namespace"`
		} `json:"from"`
		To []struct {
			Group string  `json:"group"`
			Kind  string  `json:"kind"`
			Name  *string `json:"name"`
		} `json:"to"`
	} `json:"spec"`
}

// An ObjectReference names an object: of the namespace of whoever refers to it, unless it says another.
type ObjectReference struct {
	Group     *string `json:"group"`
	Kind      *string `json:"kind"`
	Namespace *string `json:"namespace"`
	Name      string  `json:"name"`
}
