package config

// Ingress is the content of a Kubernetes Ingress.
type Ingress struct {
	Spec IngressSpec `json:"spec"`
}

// IngressSpec is what an Ingress asks for.
type IngressSpec struct {
	IngressClassName *string         `json:"ingressClassName"`
	DefaultBackend   *IngressBackend `json:"defaultBackend"`
	TLS              []IngressTLS    `json:"tls"`
	Rules            []IngressRule   `json:"rules"`
}

// IngressTLS is the certificate of some hosts.
type IngressTLS struct {
	Hosts      []string `json:"hosts"`
	SecretName string   `json:"secretName"`
}

// IngressRule is the paths of a host, or of all hosts.
type IngressRule struct {
	Host string       `json:"host"`
	HTTP *IngressHTTP `json:"http"`
}

// IngressHTTP is the paths of an [IngressRule].
type IngressHTTP struct {
	Paths []IngressPath `json:"paths"`
}

// IngressPath sends requests for a path to a backend.
type IngressPath struct {
	Path     string         `json:"path"`
	PathType string         `json:"pathType"` // Exact, Prefix or ImplementationSpecific
	Backend  IngressBackend `json:"backend"`
}

// IngressBackend is a port of a Service, or another object.
type IngressBackend struct {
	Service  *IngressService  `json:"service"`
	Resource *ObjectReference `json:"resource"`
}

// IngressService names a port of a Service of the Ingress's namespace.
type IngressService struct {
	Name string `json:"name"`
	Port struct {
		Name   string `json:"name"`
		Number uint32 `json:"number"`
	} `json:"port"`
}

// IngressClass is the content of an IngressClass.
type IngressClass struct {
	Spec struct {
		Controller string `json:"controller"`
	} `json:"spec"`
}
