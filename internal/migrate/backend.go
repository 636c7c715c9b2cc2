package migrate

import (
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/release"
	"sem.example/internal/source"
)

// backends translates the destinations of a rule.
func (c *converter) backends(r *routing.HTTPRule, d *draft) []*source.Node {
	var out []*source.Node
	for _, to := range r.Destinations {
		ref := c.backend(to, d)
		if ref == nil {
			continue
		}
		if len(r.Destinations) > 1 {
			ref = ref.With("weight", value(to.Weight))
		}
		if filters := c.headerFilters(to.Headers, to.At.Sub("headers")); filters != nil {
			ref = ref.With("filters", list(filters))
		}
		out = append(out, ref)
	}
	return out
}

// backend translates a destination; nil where no backend is the same.
func (c *converter) backend(to routing.Destination, d *draft) *source.Node {
	services := c.mesh.ServicesOf(to.Host)
	port := to.Port
	if port == 0 && len(services) > 0 && len(services[0].Ports) == 1 {
		port = services[0].Ports[0].Number
	}
	if port == 0 {
		port = d.in.port
	}
	if port == 0 {
		c.lost(to.At, "a backend needs a port, and the input does not show that of "+to.Host)
		return nil
	}
	if len(services) > 0 && !services[0].Kubernetes() || len(services) == 0 && !c.inCluster(to.Host) {
		if to.Subset != "" {
			c.lost(to.At, "subset "+to.Subset+": a backend has no subsets, and "+to.Host+" is not a Service")
		}
		return object("group", "networking.istio.io", "kind", "Hostname", "name", to.Host, "port", port)
	}
	name, namespace := serviceName(to.Host)
	if to.Subset != "" {
		name = c.subsetService(to, services)
	}
	if d.in.gateway != nil && namespace != d.namespace {
		c.grant(grant{from: d.kind, fromNamespace: d.namespace, namespace: namespace})
	}
	return object("name", name, "namespace", other(namespace, d.namespace), "port", port)
}

// inCluster reports whether a host is that of a Service, whether the input has it or not.
func (c *converter) inCluster(host string) bool {
	return strings.HasSuffix(host, ".svc."+c.mesh.Settings.Domain)
}

// serviceName is the name and namespace of the Service of a host.
func serviceName(host string) (name, namespace string) {
	name, rest, _ := strings.Cut(host, ".")
	namespace, _, _ = strings.Cut(rest, ".")
	return name, namespace
}

// subsetService is the name of the Service that stands for a subset, which is written once.
func (c *converter) subsetService(to routing.Destination, services []*mesh.Service) string {
	of := subset{to.Host, to.Subset}
	if name, ok := c.subsets[of]; ok {
		return name
	}
	name, namespace := serviceName(to.Host)
	rule, i := c.ruleOf(of)
	if rule == nil || len(services) == 0 {
		c.lost(to.At, "subset "+to.Subset+": the input has no DestinationRule with it, or no Service "+namespace+"/"+name)
		c.subsets[of] = name
		return name
	}
	spec := config.Spec[*networking.DestinationRule](rule)
	s := spec.GetSubsets()[i]
	at := config.At(rule, "spec.subsets").Item(i)
	made := c.freeName("Service", namespace, label(name+"-"+to.Subset))
	c.subsets[of] = made
	selector := object()
	labels := map[string]string{}
	for k, v := range services[0].Selector {
		labels[k] = v
	}
	for k, v := range s.GetLabels() {
		labels[k] = v
	}
	for _, k := range sortedKeys(labels) {
		selector = selector.With(k, source.Text(labels[k]))
	}
	c.add("v1", "Service", namespace, made, object("selector", selector, "ports", servicePorts(services[0])), rule)
	c.plan.Resources[len(c.plan.Resources)-1].Added = true
	c.changed(at, "subset "+to.Subset+" becomes Service "+namespace+"/"+made+": a backend has no subsets")
	c.subsetPolicy(rule, i, services[0], made)
	return made
}

// subsetPolicy gives the Service of a subset the traffic policy that the subset has.
func (c *converter) subsetPolicy(rule *config.Object, i int, of *mesh.Service, service string) {
	spec := config.Spec[*networking.DestinationRule](rule)
	policy := flatten(spec.GetTrafficPolicy(), spec.GetSubsets()[i].GetTrafficPolicy())
	s := &splitter{
		converter: c, rule: rule, name: service, namespace: of.Namespace, ports: portNames(of),
		target: object("group", "", "kind", "Service", "name", service),
	}
	host := service + "." + of.Namespace + ".svc." + c.mesh.Settings.Domain
	made := &networking.DestinationRule{Host: host, TrafficPolicy: proto.Clone(policy).(*networking.TrafficPolicy)}
	s.split(made.TrafficPolicy, config.At(rule, "spec.subsets").Item(i).Sub("trafficPolicy"))
	if tidy(made); !onlyHost(made) && len(s.policies) > 0 && !c.mesh.Settings.Release.Has(release.BackendPolicyMerge) {
		s.keep(eitherOr)
		made.TrafficPolicy = policy
	}
	c.writePolicies(s, true)
	if onlyHost(made) {
		return
	}
	c.add(istioVersion, "DestinationRule", of.Namespace, c.freeName("DestinationRule", of.Namespace, service), nodeOf(made), rule)
	c.plan.Resources[len(c.plan.Resources)-1].Added = true
}

// nodeOf is a message as a document says it.
func nodeOf(m proto.Message) *source.Node {
	data, err := protojson.Marshal(m)
	if err != nil {
		return nil
	}
	docs, _ := source.Parse(&source.File{Name: "policy.json", Data: []byte(`{"apiVersion":"v1","kind":"Policy","metadata":{"name":"p"},"spec":` + string(data) + `}`)})
	if len(docs) == 0 {
		return nil
	}
	return docs[0].Tree().Get("spec")
}

// ruleOf is the DestinationRule that has a subset of a host, and the place of the subset in it.
func (c *converter) ruleOf(of subset) (*config.Object, int) {
	for _, o := range c.mesh.Objects("DestinationRule") {
		spec := config.Spec[*networking.DestinationRule](o)
		if mesh.FullHost(spec.GetHost(), o.Namespace, c.mesh.Settings.Domain) != of.host {
			continue
		}
		if i := slices.IndexFunc(spec.GetSubsets(), func(s *networking.Subset) bool { return s.GetName() == of.name }); i >= 0 {
			return o, i
		}
	}
	return nil, 0
}

// servicePorts are the ports of a Service as another one has them.
func servicePorts(s *mesh.Service) []*source.Node {
	spec := config.Spec[*config.Service](s.Object)
	var out []*source.Node
	for i, p := range spec.Spec.Ports {
		port := object("name", some(p.Name), "port", p.Port)
		if target := s.Object.Doc.Lookup("spec.ports[" + strconv.Itoa(i) + "].targetPort"); target != nil {
			port = port.With("targetPort", target)
		}
		if p.AppProtocol != nil {
			port = port.With("appProtocol", source.Text(*p.AppProtocol))
		}
		out = append(out, port)
	}
	return out
}

func (c *converter) grant(g grant) {
	if !slices.Contains(c.grants, g) {
		c.grants = append(c.grants, g)
	}
}

// writeGrants writes the ReferenceGrants that routes at gateways need.
func (c *converter) writeGrants() {
	for _, g := range c.grants {
		name := c.freeName("ReferenceGrant", g.namespace, strings.ToLower(g.from)+"s-of-"+g.fromNamespace)
		c.add(grantVersion, "ReferenceGrant", g.namespace, name, object(
			"from", []*source.Node{object("group", gatewayapi.Group, "kind", g.from, "namespace", g.fromNamespace)},
			"to", []*source.Node{object("group", "", "kind", "Service")}))
	}
}
