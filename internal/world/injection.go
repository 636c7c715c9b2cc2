package world

import (
	"fmt"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
)

// The labels and annotations that decide about sidecars.
const (
	labelInject       = "sidecar.istio.io/inject" // an annotation too
	labelRevision     = "istio.io/rev"
	labelInjection    = "istio-injection" // of a Namespace
	labelDataplane    = "istio.io/dataplane-mode"
	annotationStatus  = "sidecar.istio.io/status"
	annotationAmbient = "ambient.istio.io/redirection"
	annotationKinds   = "inject.istio.io/templates"

	proxyContainer = "istio-proxy"
)

// neverInjected are the namespaces that the injector leaves alone.
var neverInjected = []string{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}

// An injector decides about sidecars as Istio's webhooks and its injector do.
type injector struct {
	root       string
	namespaces map[string]*config.Object
	shown      *config.Object // a Namespace or workload that says where sidecars are injected; nil where none does
	marked     *config.Object // a Pod that the injector changed; nil where the input has none
	gateways   []*config.Object
	manual     []manualGateway
	stated     []Stated
}

// A Pod to be decided about, made or to be made.
type candidate struct {
	object      *config.Object
	labels      map[string]string
	annotations map[string]string
	spec        *config.PodSpec
	maker       string // the name of what makes it, where that is known
	ran         bool   // its document says that it runs or ran
}

func newInjector(objects []*config.Object, opts Options) injector {
	j := injector{root: opts.RootNamespace, namespaces: map[string]*config.Object{}, stated: opts.Stated}
	if j.root == "" {
		j.root = "istio-system"
	}
	for _, o := range objects {
		switch spec := o.Spec.(type) {
		case *config.Namespace:
			j.namespaces[o.Name] = o
			if labelled(o.Labels) && j.shown == nil {
				j.shown = o
			}
		case *networking.Gateway:
			if len(spec.GetSelector()) > 0 {
				j.gateways = append(j.gateways, o)
			}
		case *config.Workload:
			if spec.Spec.Template.Metadata.Labels[labelInject] == "true" && j.shown == nil {
				j.shown = o
			}
		}
	}
	j.marked = j.firstMarked(objects)
	j.manual = manualGateways(objects)
	return j
}

// A manualGateway is a Gateway of the Gateway API that a Service of the input serves, with what the Service selects.
type manualGateway struct {
	object   *config.Object
	selector map[string]string
}

// manualGateways are the Gateways that name Services as their addresses.
func manualGateways(objects []*config.Object) []manualGateway {
	var out []manualGateway
	for _, o := range objects {
		gateway, ok := o.Spec.(*gatewayapi.Gateway)
		if !ok || gateway.Spec.Managed() {
			continue
		}
		for _, address := range gateway.Spec.AddressNames() {
			name, _, _ := strings.Cut(address, ".")
			for _, service := range objects {
				if spec, ok := service.Spec.(*config.Service); ok && service.Namespace == o.Namespace && service.Name == name {
					out = append(out, manualGateway{o, spec.Spec.Selector})
				}
			}
		}
	}
	return out
}

// firstMarked returns the first Pod that the injector gave a sidecar, or nil.
func (j *injector) firstMarked(objects []*config.Object) *config.Object {
	for _, o := range objects {
		if spec, ok := o.Spec.(*config.Pod); ok {
			if p := (candidate{labels: o.Labels, annotations: o.Annotations, spec: &spec.Spec}); j.gateway(p) == "" && marks(p) != "" {
				return o
			}
		}
	}
	return nil
}

func labelled(labels map[string]string) bool {
	return labels[labelInjection] != "" || labels[labelRevision] != "" || labels[labelDataplane] != ""
}

// decide returns what is before a Pod.
func (j *injector) decide(p candidate) DataPlane {
	proxy := j.decided(p)
	proxy.Object = p.object
	return proxy
}

func (j *injector) decided(p candidate) DataPlane {
	if s, ok := stated(j.stated, p.object.Namespace, p.object.Name, p.maker); ok {
		return DataPlane{Presence: s.Presence, Because: "stated: " + s.Text}
	}
	if because := j.gateway(p); because != "" {
		return DataPlane{Presence: IsGateway, Because: because, Known: true}
	}
	if because := marks(p); because != "" {
		return DataPlane{Presence: HasSidecar, Because: because, Known: true}
	}
	if because := j.ambient(p); because != "" {
		return DataPlane{Presence: InAmbient, Because: because}
	}
	if p.object.Live && p.object.Kind == "Pod" {
		return DataPlane{Presence: HasNone, Because: "the Pod runs without a container " + proxyContainer, Known: true}
	}
	if because := refuses(p); because != "" {
		return DataPlane{Presence: HasNone, Because: because}
	}
	return j.byNamespace(p)
}

// gateway returns by what the proxy of a Pod is a gateway's, or "".
func (j *injector) gateway(p candidate) string {
	kinds := strings.Split(p.annotations[annotationKinds], ",")
	if slices.ContainsFunc(kinds, func(k string) bool { return strings.HasSuffix(strings.TrimSpace(k), "gateway") }) {
		return "it has the annotation " + annotationKinds + ": " + p.annotations[annotationKinds]
	}
	isRouter := func(c config.Container) bool { return c.Name == proxyContainer && slices.Contains(c.Args, "router") }
	if slices.ContainsFunc(p.spec.Containers, isRouter) {
		return "it runs a container " + proxyContainer + " as router"
	}
	for _, g := range j.gateways {
		if selects(config.Spec[*networking.Gateway](g).GetSelector(), p.labels) {
			return "Gateway " + nameOf(g) + " selects it"
		}
	}
	for _, g := range j.manual {
		if g.object.Namespace == p.object.Namespace && selects(g.selector, p.labels) {
			return "Gateway " + nameOf(g.object) + " names its Service as an address"
		}
	}
	return ""
}

// marks returns by what the injector has marked a Pod, or "".
func marks(p candidate) string {
	isProxy := func(c config.Container) bool { return c.Name == proxyContainer }
	isNative := func(c config.Container) bool { return c.Name == proxyContainer && c.RestartPolicy == "Always" }
	switch {
	case slices.ContainsFunc(p.spec.Containers, isProxy):
		return "it runs a container " + proxyContainer
	case slices.ContainsFunc(p.spec.InitContainers, isNative):
		return "it runs a native sidecar " + proxyContainer
	case p.annotations[annotationStatus] != "":
		return "it has the injector's annotation " + annotationStatus
	case p.labels[config.LabelTLSMode] == "istio":
		return "it has the injector's label " + config.LabelTLSMode + ": istio"
	}
	return ""
}

// ambient returns by what a Pod is in the ambient mesh, or "".
func (j *injector) ambient(p candidate) string {
	if p.annotations[annotationAmbient] == "enabled" {
		return "it has the annotation " + annotationAmbient + ": enabled"
	}
	mode, ok := p.labels[labelDataplane]
	if mode == "ambient" {
		return "it has the label " + labelDataplane + ": ambient"
	}
	if ns := j.namespaces[p.object.Namespace]; !ok && ns != nil && ns.Labels[labelDataplane] == "ambient" && !p.spec.HostNetwork {
		if p.labels[labelInject] == "true" || ns.Labels[labelInjection] == "enabled" {
			return "" // the sidecar takes precedence
		}
		return "Namespace " + ns.Name + " has the label " + labelDataplane + ": ambient"
	}
	return ""
}

// refuses returns why a Pod gets no sidecar whatever its namespace says, or "".
func refuses(p candidate) string {
	value, ok := p.labels[labelInject]
	switch {
	case p.spec.HostNetwork:
		return "it uses the network of its host, where nothing is injected"
	case slices.Contains(neverInjected, p.object.Namespace):
		return "nothing is injected in namespace " + p.object.Namespace
	case value == "false":
		return "it has the label " + labelInject + `: "false"`
	case !ok && p.annotations[labelInject] == "false":
		return "it has the annotation " + labelInject + `: "false"`
	}
	return ""
}

// byNamespace decides about a Pod that does not refuse a sidecar by the labels of its namespace and its own.
func (j *injector) byNamespace(p candidate) DataPlane {
	ns := j.namespaces[p.object.Namespace]
	var labels map[string]string
	if ns != nil {
		labels = ns.Labels
	}
	injection, hasInjection := labels[labelInjection]
	revision, hasRevision := labels[labelRevision]
	has := func(format string, args ...any) DataPlane {
		return DataPlane{Presence: HasSidecar, Because: fmt.Sprintf(format, args...)}
	}
	none := func(format string, args ...any) DataPlane {
		return DataPlane{Presence: HasNone, Because: fmt.Sprintf(format, args...)}
	}
	switch {
	case injection == "enabled":
		return has("Namespace %s has the label %s: enabled", ns.Name, labelInjection)
	case hasInjection:
		return none("Namespace %s has the label %s: %s", ns.Name, labelInjection, injection)
	case hasRevision:
		return has("Namespace %s has the label %s: %s", ns.Name, labelRevision, revision)
	case p.labels[labelRevision] != "":
		return has("it has the label %s: %s", labelRevision, p.labels[labelRevision])
	case p.labels[labelInject] == "true":
		return has("it has the label %s: \"true\"", labelInject)
	}
	return j.unlabelled(p, ns)
}

// unlabelled decides about a Pod where neither it nor its namespace says a word. What else the input shows of injection
// speaks against a sidecar; where it shows nothing, the labels may be set by other means.
func (j *injector) unlabelled(p candidate, ns *config.Object) DataPlane {
	switch {
	case ns != nil && ns.Live:
		return DataPlane{Presence: HasNone, Because: fmt.Sprintf("Namespace %s of the cluster has no label %s or %s", ns.Name, labelInjection, labelRevision)}
	case ns != nil && j.shown != nil:
		return DataPlane{Presence: HasNone, Because: fmt.Sprintf("Namespace %s has no label %s or %s, as %s %s has", ns.Name, labelInjection, labelRevision, j.shown.Kind, strings.TrimPrefix(nameOf(j.shown), "/"))}
	case p.object.Namespace == j.root:
		return DataPlane{Presence: HasNone, Because: "namespace " + j.root + " is the control plane's"}
	case p.ran && j.marked != nil:
		return DataPlane{Presence: HasNone, Because: fmt.Sprintf("it has no sidecar container or injection label, unlike Pod %s", nameOf(j.marked))}
	case ns != nil:
		return DataPlane{Presence: HasSidecar, Guess: true, Because: fmt.Sprintf("Namespace %s has no label %s, and nothing in the input has one: it may be set by other means", ns.Name, labelInjection)}
	}
	return DataPlane{Presence: HasSidecar, Guess: true, Because: fmt.Sprintf("the input has no Namespace %s with an injection label, and nothing indicates otherwise", p.object.Namespace)}
}
