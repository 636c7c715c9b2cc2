package registry

import (
	"cmp"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh/visibility"
	"sem.example/internal/release"
	"sem.example/internal/source"
)

// The annotations of a Service that a mesh honours.
const (
	annotationExportTo           = "networking.istio.io/exportTo"
	annotationIdentities         = "alpha.istio.io/canonical-serviceaccounts"
	annotationKubernetesAccounts = "alpha.istio.io/kubernetes-serviceaccounts"
)

// kubernetesService makes the service of a Kubernetes Service.
func (b *reader) kubernetesService(o *config.Object) *Service {
	spec := config.Spec[*config.Service](o)
	if spec == nil {
		return nil
	}
	s := &Service{
		Host: kubernetesHost(o.Name, o.Namespace, b.settings.Domain), Namespace: o.Namespace, Name: o.Name,
		Ports: kubernetesPorts(spec.Spec.Ports), Resolution: ClientSide, Selector: spec.Spec.Selector, Labels: o.Labels,
		Type: spec.Spec.Type, NodeLocal: spec.Spec.InternalTrafficPolicy == "Local",
		PublishNotReady: spec.Spec.PublishNotReadyAddresses, ServiceAccounts: b.annotatedAccounts(o),
		Distribution: b.distribution(spec.Spec.TrafficDistribution, o.Annotations, o.Namespace),
		Outside:      outsideAddresses(spec), Object: o, Field: "metadata.name",
	}
	if list := o.Annotations[annotationExportTo]; list != "" {
		s.ExportTo = splitList(list)
	}
	s.audience = visibility.Of(s.ExportTo, b.settings.ExportTo(b.config().DefaultServiceExportTo), o.Namespace)
	if spec.Spec.Type == "ExternalName" && spec.Spec.ExternalName != "" {
		s.ExternalName, s.External, s.Resolution = spec.Spec.ExternalName, true, Alias
	}
	switch spec.Spec.ClusterIP {
	case "None":
		s.Resolution = OriginalDst
	case "":
	default:
		s.Addresses, s.AddressField = []string{spec.Spec.ClusterIP}, "spec.clusterIP"
		if len(spec.Spec.ClusterIPs) > 1 {
			s.Addresses = spec.Spec.ClusterIPs
		}
	}
	return s
}

func kubernetesPorts(list []config.ServicePort) []*Port {
	out := make([]*Port, 0, len(list))
	for i, p := range list {
		transport := cmp.Or(p.Protocol, "TCP")
		out = append(out, &Port{Name: p.Name, Number: p.Port, TargetPort: p.TargetPort.Number, TargetPortName: p.TargetPort.Name,
			Transport: transport, Protocol: servicePortProtocol(p.Port, p.Name, transport, p.AppProtocol),
			Field: source.Index("spec.ports", i)})
	}
	return out
}

// annotatedAccounts are the identities that annotations add to those of a Service's endpoints.
func (b *reader) annotatedAccounts(o *config.Object) []string {
	out := splitList(o.Annotations[annotationIdentities])
	for _, account := range splitList(o.Annotations[annotationKubernetesAccounts]) {
		out = append(out, b.settings.Identity(o.Namespace, account))
	}
	return out
}

// outsideAddresses are where a Service is reached from outside its cluster.
func outsideAddresses(s *config.Service) []string {
	var out []string
	if s.Spec.Type == "LoadBalancer" {
		for _, in := range s.Status.LoadBalancer.Ingress {
			if a := cmp.Or(in.IP, in.Hostname); a != "" {
				out = append(out, a)
			}
		}
	}
	return append(out, s.Spec.ExternalIPs...)
}

// distribution reads what a service prefers among its endpoints: its own field, else its annotation, else its
// namespace's.
func (b *reader) distribution(field string, annotations map[string]string, namespace string) Distribution {
	if d := parseDistribution(field); d != "" {
		return d
	}
	own := annotations[annotationDistribution]
	if own == "" && b.settings.Release.Has(release.NamespaceDistribution) {
		own = b.namespaces[namespace].annotations[annotationDistribution]
	}
	return parseDistribution(own)
}

func parseDistribution(word string) Distribution {
	switch strings.ToLower(word) {
	case "preferclose", "prefersamezone":
		return PreferSameZone
	case "prefersamenode":
		return PreferSameNode
	}
	return ""
}

func splitList(list string) []string {
	if list == "" {
		return nil
	}
	out := strings.Split(list, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

func kubernetesHost(name, namespace, domain string) string {
	return name + "." + namespace + ".svc." + domain
}
