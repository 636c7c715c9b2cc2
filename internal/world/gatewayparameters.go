package world

import (
	"cmp"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
)

// readParameters finds the ConfigMaps that change the deployment: that of the class in the root namespace, and that of the Gateway. It
// reports whether istiod deploys anything; with parameters that it cannot use it does not.
func (d *deployment) readParameters() bool {
	if o := d.classDefaults(); o != nil {
		d.parameters = append(d.parameters, o)
	}
	name, fault := d.spec.Parameters()
	if fault != "" {
		return false
	}
	if name != "" {
		if o := d.inputs.named[key{"ConfigMap", d.gateway.Namespace, name}]; o != nil {
			d.parameters = append(d.parameters, o)
		} else {
			d.missing = d.gateway.Namespace + "/" + name
		}
	}
	return !slices.ContainsFunc(d.parameters, func(o *config.Object) bool {
		key, _ := config.UnusableParameter(o)
		return key != ""
	})
}

// classDefaults is the oldest ConfigMap with parameters for the class of the Gateway.
func (d *deployment) classDefaults() *config.Object {
	var oldest *config.Object
	for _, o := range d.inputs.configMaps {
		if o.Namespace != d.rootNamespace || o.Labels[gatewayapi.ClassDefaults] != d.spec.GatewayClassName {
			continue
		}
		if oldest == nil || o.CreationTimestamp.Before(oldest.CreationTimestamp) {
			oldest = o
		}
	}
	return oldest
}

// withParameters names the parameters of the deployment.
func (d *deployment) withParameters() string {
	text := ""
	for _, o := range d.parameters {
		text += ", changed by ConfigMap " + nameOf(o)
	}
	for _, part := range d.misread {
		text += ", but not by a value of the wrong type under " + part
	}
	if d.missing != "" {
		text += ", unchanged by ConfigMap " + d.missing + ", which is not in the input"
	}
	return text
}

// An overlay is the part of a Deployment or Service that parameters change, and that matters here.
type overlay struct {
	Metadata objectMeta          `json:"metadata"`
	Spec     *config.ServiceSpec `json:"spec"`
}

type objectMeta struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// changeService lays the parameters over the Service. Ports are merged by their number.
func (d *deployment) changeService(meta *config.Meta, spec *config.ServiceSpec) {
	for _, o := range d.parameters {
		ports := spec.Ports
		changed := overlay{Metadata: objectMeta{meta.Labels, meta.Annotations}, Spec: spec}
		spec.Ports = nil
		d.overlay(o, "service", &changed)
		meta.Labels, meta.Annotations = changed.Metadata.Labels, changed.Metadata.Annotations
		spec.Ports = mergePorts(ports, spec.Ports)
	}
}

// overlay lays the text under a key of parameters over a value, and notes it where a value does not fit.
func (d *deployment) overlay(o *config.Object, key string, over any) {
	if !config.Overlay(o, key, over) {
		d.misread = append(d.misread, key)
	}
}

// mergePorts lays ports over those of the same number. New ones come first.
func mergePorts(ports, over []config.ServicePort) []config.ServicePort {
	var added []config.ServicePort
	for _, p := range over {
		i := slices.IndexFunc(ports, func(q config.ServicePort) bool { return q.Port == p.Port })
		if i < 0 {
			added = append(added, p)
			continue
		}
		q := &ports[i]
		q.Name, q.Protocol = cmp.Or(p.Name, q.Name), cmp.Or(p.Protocol, q.Protocol)
		q.TargetPort, q.NodePort, q.AppProtocol = cmp.Or(p.TargetPort, q.TargetPort), cmp.Or(p.NodePort, q.NodePort), cmp.Or(p.AppProtocol, q.AppProtocol)
	}
	return append(added, ports...)
}

// changePod lays the parameters over the template of the Deployment.
func (d *deployment) changePod(meta *config.Meta, spec *config.PodSpec) {
	var changed struct {
		Spec struct {
			Template struct {
				Metadata objectMeta `json:"metadata"`
				Spec     struct {
					ServiceAccountName string `json:"serviceAccountName"`
				} `json:"spec"`
			} `json:"template"`
		} `json:"spec"`
	}
	template := &changed.Spec.Template
	template.Metadata = objectMeta{meta.Labels, meta.Annotations}
	template.Spec.ServiceAccountName = spec.ServiceAccountName
	for _, o := range d.parameters {
		d.overlay(o, "deployment", &changed)
	}
	meta.Labels, meta.Annotations, spec.ServiceAccountName = template.Metadata.Labels, template.Metadata.Annotations, template.Spec.ServiceAccountName
}
