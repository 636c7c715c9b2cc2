package world

import (
	"cmp"
	"maps"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
)

const labelGatewayName = "gateway.networking.k8s.io/gateway-name"

// gateways adds the Service and the Pod that istiod's controller deploys for each Gateway of the Gateway API, where the input has
// neither.
func (c *completer) gateways() {
	if len(c.inputs.gateways) == 0 {
		return
	}
	served := c.served()
	for _, o := range c.inputs.gateways {
		spec := config.Spec[*gatewayapi.Gateway](o).Spec
		if o.Live || !spec.Managed() || !c.istioServes(spec.GatewayClassName) {
			continue
		}
		d := deployment{
			completer: c, gateway: o, spec: &spec, name: spec.DeploymentName(o.Name, o.Annotations), hasPods: served[workload{o.Namespace, o.Name}],
		}
		if !d.readParameters() {
			continue
		}
		added := d.addMissing()
		if added == "" {
			continue
		}
		c.assume(Assumption{
			What: Gateway, Object: o, Field: "spec.gatewayClassName",
			Message: "istiod deploys " + o.Namespace + "/" + d.name + " for Gateway " + nameOf(o) + d.withParameters(),
			Because: "istiod creates the " + added + " of the Gateway, and the input has none",
		})
	}
}

// served are the Gateways that Pods of the input, or what makes Pods, are for.
func (c *completer) served() map[workload]bool {
	out := map[workload]bool{}
	for _, o := range c.inputs.pods {
		out[workload{o.Namespace, o.Labels[labelGatewayName]}] = true
	}
	for _, o := range c.inputs.templates {
		if w := config.Spec[*config.Workload](o); w != nil {
			for _, t := range w.Templates() {
				out[workload{o.Namespace, t.Metadata.Labels[labelGatewayName]}] = true
			}
		}
	}
	return out
}

// istioServes reports whether Istio deploys proxies for the Gateways of a class.
func (c *completer) istioServes(class string) bool {
	if o := c.inputs.named[key{gatewayapi.Group + "/GatewayClass", "", class}]; o != nil {
		return config.Spec[*gatewayapi.GatewayClass](o).Spec.ControllerName == gatewayapi.Controller
	}
	return class == gatewayapi.IstioClass
}

// A deployment is what istiod's controller makes for a Gateway.
type deployment struct {
	*completer
	gateway    *config.Object
	spec       *gatewayapi.GatewaySpec
	name       string
	hasPods    bool             // in the input, or what makes them
	parameters []*config.Object // ConfigMaps with what to change
	missing    string           // a ConfigMap with parameters that the input does not have
	misread    []string         // the keys of parameters of which a value does not fit
}

// labels are those of all resources of the deployment.
func (d *deployment) labels() map[string]string {
	out := map[string]string{}
	maps.Copy(out, d.spec.DeployedLabels(d.gateway.Labels))
	out[labelGatewayName] = d.gateway.Name
	out["gateway.networking.k8s.io/gateway-class-name"] = d.spec.GatewayClassName
	out["gateway.istio.io/managed"] = "istio.io-gateway-controller"
	return out
}

// addMissing adds what the input lacks of the deployment, and names it.
func (d *deployment) addMissing() string {
	var added []string
	if d.inputs.named[key{"Service", d.gateway.Namespace, d.name}] == nil {
		added = append(added, "Service")
		d.addService()
	}
	if !d.hasPods {
		added = append(added, "Deployment")
		d.addPod()
	}
	return strings.Join(added, " and ")
}

func (d *deployment) addService() {
	namespace := d.gateway.Namespace
	address := d.world.placeholders.allocate(serviceBlock, d.inputs.ipv6, d.cluster+"Service", namespace, d.name, d.gateway)
	spec := config.ServiceSpec{Type: "LoadBalancer", Selector: map[string]string{labelGatewayName: d.gateway.Name}, ClusterIP: address, ClusterIPs: []string{address}}
	if t := d.gateway.Annotations[gatewayapi.ServiceType]; t != "" {
		spec.Type = t
	}
	for _, p := range d.spec.ServicePorts(d.addedListeners()...) {
		spec.Ports = append(spec.Ports, config.ServicePort{Name: p.Name, Port: p.Number, AppProtocol: &p.AppProtocol})
	}
	meta := config.Meta{Namespace: namespace, Name: d.name, Labels: d.labels(), Annotations: d.spec.DeployedAnnotations(d.gateway.Annotations)}
	d.changeService(&meta, &spec)
	d.add(d.gateway, "Service", meta, &config.Service{Spec: spec})
}

// addedListeners are those of the ListenerSets that the Gateway lets add to it.
func (d *deployment) addedListeners() []gatewayapi.Listener {
	var out []gatewayapi.Listener
	if d.spec.AllowedListeners == nil || d.spec.AllowedListeners.Namespaces == nil {
		return nil
	}
	for _, o := range d.inputs.listenerSets {
		set := config.Spec[*gatewayapi.ListenerSet](o).Spec
		if set.ParentRef.Name != d.gateway.Name || set.ParentRef.Namespace == nil && o.Namespace != d.gateway.Namespace ||
			set.ParentRef.Namespace != nil && *set.ParentRef.Namespace != d.gateway.Namespace {
			continue
		}
		if d.spec.AllowedListeners.Namespaces.Allows("None", d.gateway.Namespace, o.Namespace, d.namespaceLabels(o.Namespace)) {
			out = append(out, set.Listeners...)
		}
	}
	return out
}

// namespaceLabels are the labels of a namespace: of one that the input does not have, the one that API servers set.
func (d *deployment) namespaceLabels(name string) map[string]string {
	out := map[string]string{}
	if o := d.inputs.named[key{"Namespace", "", name}]; o != nil {
		maps.Copy(out, o.Labels)
	}
	out[gatewayapi.NamespaceLabel] = name
	return out
}

func (d *deployment) addPod() {
	meta := config.Meta{
		Namespace: d.gateway.Namespace, Name: d.name, Labels: d.labels(), Annotations: d.spec.DeployedAnnotations(d.gateway.Annotations),
	}
	meta.Labels["sidecar.istio.io/inject"] = "false"
	preset(meta.Labels, labelDataplane, "none")
	preset(meta.Labels, "service.istio.io/canonical-name", d.name)
	preset(meta.Labels, "service.istio.io/canonical-revision", "latest")
	account := cmp.Or(d.gateway.Annotations[gatewayapi.ServiceAccount], d.spec.DeploymentName(d.gateway.Name, nil))
	pod := &config.Pod{Spec: config.PodSpec{ServiceAccountName: account, Containers: []config.Container{{Name: proxyContainer}}}}
	d.changePod(&meta, &pod.Spec)
	pod.Status = readyAt(d.world.placeholders.allocate(podBlock, d.inputs.ipv6, d.cluster+"Pod", meta.Namespace, d.name, d.gateway))
	d.know(meta.Namespace, d.name, DataPlane{Presence: IsGateway, Because: "istiod deploys it for the Gateway", Known: true, Object: d.gateway})
	d.add(d.gateway, "Pod", meta, pod)
}
