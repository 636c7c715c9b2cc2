package config

import (
	"encoding/json"
	"path"
	"strconv"
	"strings"

	"sem.example/internal/source"
)

// The kinds of Kubernetes carry only the fields that a mesh depends on, in Kubernetes' own spelling.

// Service is the content of a Kubernetes Service.
type Service struct {
	Spec   ServiceSpec   `json:"spec"`
	Status ServiceStatus `json:"status"`
}

// ServiceSpec is what a Service asks for.
type ServiceSpec struct {
	Type                     string            `json:"type"`
	ClusterIP                string            `json:"clusterIP"` // "None" for a headless Service
	ClusterIPs               []string          `json:"clusterIPs"`
	ExternalIPs              []string          `json:"externalIPs"`
	ExternalName             string            `json:"externalName"`
	IPFamilies               []string          `json:"ipFamilies"`
	Selector                 map[string]string `json:"selector"`
	Ports                    []ServicePort     `json:"ports"`
	InternalTrafficPolicy    string            `json:"internalTrafficPolicy"`
	TrafficDistribution      string            `json:"trafficDistribution"`
	PublishNotReadyAddresses bool              `json:"publishNotReadyAddresses"`
}

// ServicePort is a port of a Service.
type ServicePort struct {
	Name        string     `json:"name"`
	Port        uint32     `json:"port"`
	TargetPort  PortOrName `json:"targetPort"`
	NodePort    uint32     `json:"nodePort"`
	Protocol    string     `json:"protocol"` // "" is TCP
	AppProtocol *string    `json:"appProtocol"`
}

// ServiceStatus tells the addresses that a load balancer gave a Service.
type ServiceStatus struct {
	LoadBalancer struct {
		Ingress []struct {
			IP       string `json:"ip"`
			Hostname string `json:"hostname"`
		} `json:"ingress"`
	} `json:"loadBalancer"`
}

// PortOrName is a port's number, or the name of a container's port.
type PortOrName struct {
	Number uint32
	Name   string
}

// UnmarshalJSON reads a number or a string, as Kubernetes does.
func (p *PortOrName) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &p.Name)
	}
	return json.Unmarshal(data, &p.Number)
}

// MarshalJSON writes what UnmarshalJSON reads.
func (p PortOrName) MarshalJSON() ([]byte, error) {
	if p.Name != "" {
		return json.Marshal(p.Name)
	}
	return strconv.AppendUint(nil, uint64(p.Number), 10), nil
}

// EndpointSlice is the content of an EndpointSlice.
type EndpointSlice struct {
	AddressType string          `json:"addressType"` // IPv4, IPv6 or FQDN
	Ports       []EndpointPort  `json:"ports"`
	Endpoints   []SliceEndpoint `json:"endpoints"`
}

// EndpointPort is a port of an EndpointSlice or Endpoints.
type EndpointPort struct {
	Name     string `json:"name"`
	Port     uint32 `json:"port"`
	Protocol string `json:"protocol"`
}

// SliceEndpoint is an endpoint of an EndpointSlice.
type SliceEndpoint struct {
	Addresses  []string `json:"addresses"`
	Conditions struct {
		Ready       *bool `json:"ready"`
		Serving     *bool `json:"serving"`
		Terminating *bool `json:"terminating"`
	} `json:"conditions"`
	TargetRef *ObjectReference `json:"targetRef"`
	NodeName  string           `json:"nodeName"`
	Zone      string           `json:"zone"`
}

// ObjectReference names another object.
type ObjectReference struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// Endpoints is the content of an Endpoints object, which EndpointSlices have replaced.
type Endpoints struct {
	Subsets []EndpointSubset `json:"subsets"`
}

// EndpointSubset is a group of addresses with the same ports.
type EndpointSubset struct {
	Addresses         []EndpointAddress `json:"addresses"`
	NotReadyAddresses []EndpointAddress `json:"notReadyAddresses"`
	Ports             []EndpointPort    `json:"ports"`
}

// EndpointAddress is an address of an EndpointSubset.
type EndpointAddress struct {
	IP        string           `json:"ip"`
	NodeName  string           `json:"nodeName"`
	TargetRef *ObjectReference `json:"targetRef"`
}

// Pod is the content of a Pod.
type Pod struct {
	Metadata struct {
		GenerateName    string           `json:"generateName"`
		OwnerReferences []OwnerReference `json:"ownerReferences"`
		Deleted         string           `json:"deletionTimestamp"`
	} `json:"metadata"`
	Spec   PodSpec   `json:"spec"`
	Status PodStatus `json:"status"`
}

// OwnerReference names the controller of a Pod.
type OwnerReference struct {
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Controller bool   `json:"controller"`
}

// PodSpec is what a Pod asks for.
type PodSpec struct {
	ServiceAccountName string      `json:"serviceAccountName"`
	NodeName           string      `json:"nodeName"`
	HostNetwork        bool        `json:"hostNetwork"`
	Hostname           string      `json:"hostname"`
	Subdomain          string      `json:"subdomain"`
	Containers         []Container `json:"containers"`
	InitContainers     []Container `json:"initContainers"`
	Security           Security    `json:"securityContext"`
}

// Security is whom the containers of a Pod, or a container, run as.
type Security struct {
	RunAsUser *int64 `json:"runAsUser"`
}

// Container is a container of a Pod.
type Container struct {
	Name          string          `json:"name"`
	Image         string          `json:"image"`
	Args          []string        `json:"args"`
	RestartPolicy string          `json:"restartPolicy"` // "Always" makes an init container a sidecar
	Ports         []ContainerPort `json:"ports"`
	Security      Security        `json:"securityContext"`
}

// Tag returns the tag of the container's image: 1.30.3 of docker.io/istio/pilot:1.30.3@sha256:0123; "" where it has none.
func (c Container) Tag() string {
	image, _, _ := strings.Cut(c.Image, "@")
	_, tag, _ := strings.Cut(path.Base(image), ":")
	return tag
}

// ContainerPort is a port that a container listens on.
type ContainerPort struct {
	Name          string `json:"name"`
	ContainerPort uint32 `json:"containerPort"`
	Protocol      string `json:"protocol"` // "" is TCP
}

// PodStatus is what Kubernetes observed of a Pod.
type PodStatus struct {
	Phase  string `json:"phase"`
	PodIP  string `json:"podIP"`
	PodIPs []struct {
		IP string `json:"ip"`
	} `json:"podIPs"`
	Conditions []PodCondition `json:"conditions"`
}

// PodCondition is a part of a Pod's state.
type PodCondition struct {
	Type   string `json:"type"` // "Ready"
	Status string `json:"status"`
}

// Namespace is the content of a Namespace; its metadata says all.
type Namespace struct{}

// Node is the content of a Node.
type Node struct {
	Status struct {
		Addresses []struct {
			Type    string `json:"type"`
			Address string `json:"address"`
		} `json:"addresses"`
	} `json:"status"`
}

// Secret is the outline of a Secret; its values are never read.
type Secret struct {
	Type string
	Keys []string // of data and stringData, in the order of the file

	Certificate Certificate // of a server, where it has one
}

// ConfigMap is the content of a ConfigMap, which matters where it holds the settings of the mesh.
type ConfigMap struct {
	Data map[string]string `json:"data"`
}

func secret(root *source.Node) (any, []fault) {
	s := &Secret{Type: root.StringAt("type")}
	for _, name := range []string{"data", "stringData"} {
		if n := root.Get(name); n != nil {
			for _, f := range n.Fields {
				s.Keys = append(s.Keys, f.Key)
			}
		}
	}
	s.Certificate = readCertificate(root)
	return s, nil
}
