package gatewayapi

// A PolicyTarget names what a policy is attached to, in the policy's namespace.
type PolicyTarget struct {
	Group       string  `json:"group"`
	Kind        string  `json:"kind"`
	Name        string  `json:"name"`
	SectionName *string `json:"sectionName"`
}

// A BackendTLSPolicy sets the TLS towards backends.
type BackendTLSPolicy struct {
	Spec struct {
		TargetRefs []PolicyTarget    `json:"targetRefs"`
		Validation BackendValidation `json:"validation"`
	} `json:"spec"`
}

// BackendValidation is how a backend's certificate is validated.
type BackendValidation struct {
	CACertificateRefs       []ObjectReference `json:"caCertificateRefs"`
	WellKnownCACertificates *string           `json:"wellKnownCACertificates"`
	Hostname                string            `json:"hostname"`
	SubjectAltNames         []SubjectAltName  `json:"subjectAltNames"`
}

// A SubjectAltName is a name that a certificate may have.
type SubjectAltName struct {
	Type     string `json:"type"`
	Hostname string `json:"hostname"`
	URI      string `json:"uri"`
}

// An XBackendTrafficPolicy limits the retries of backends. Istio does not read its sessionPersistence.
type XBackendTrafficPolicy struct {
	Spec struct {
		TargetRefs      []PolicyTarget   `json:"targetRefs"`
		RetryConstraint *RetryConstraint `json:"retryConstraint"`
	} `json:"spec"`
}

// A RetryConstraint limits the share of requests that are retries.
type RetryConstraint struct {
	Budget *struct {
		Percent  *int    `json:"percent"`
		Interval *string `json:"interval"`
	} `json:"budget"`
	MinRetryRate *struct {
		Count    *int    `json:"count"`
		Interval *string `json:"interval"`
	} `json:"minRetryRate"`
}

// An XBackend is a destination outside the cluster.
type XBackend struct {
	Spec struct {
		Type             string `json:"type"`
		ExternalHostname *struct {
			Hostname string `json:"hostname"`
		} `json:"externalHostname"`
		Port struct {
			Port uint32 `json:"port"`
		} `json:"port"`
		Protocol string      `json:"protocol"`
		TLS      *BackendTLS `json:"tls"`
	} `json:"spec"`
}

// Host is the host of the destination; "" where its type is another.
func (b *XBackend) Host() string {
	if b.Spec.Type != "ExternalHostname" || b.Spec.ExternalHostname == nil {
		return ""
	}
	return b.Spec.ExternalHostname.Hostname
}

// BackendTLS is the TLS towards an XBackend.
type BackendTLS struct {
	Mode                 string             `json:"mode"`
	Validation           *BackendValidation `json:"validation"`
	ClientCertificateRef *ObjectReference   `json:"clientCertificateRef"`
}
