package registry

import (
	"cmp"
	"iter"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/lazy"
)

// podReady reports whether a Pod runs, has an address and passed its readiness probe.
func podReady(p *config.Pod) bool {
	if p.Status.PodIP == "" || p.Status.Phase == "Failed" || p.Status.Phase == "Succeeded" || p.Metadata.Deleted != "" {
		return false
	}
	for _, c := range p.Status.Conditions {
		if c.Type == "Ready" {
			return c.Status == "True"
		}
	}
	return false
}

// podWorkload names the workload that a Pod belongs to: what made it, as far as its metadata tells.
func podWorkload(o *config.Object) string {
	if name := o.Labels[labelWorkload]; name != "" {
		return name
	}
	meta := config.Spec[*config.Pod](o).Metadata
	if meta.GenerateName == "" {
		return o.Name
	}
	for _, owner := range meta.OwnerReferences {
		if owner.Controller {
			return cmp.Or(controllerName(owner, o.Labels), o.Name)
		}
	}
	return o.Name
}

// cronJob tells the name of a CronJob from that of one of its Jobs, which ends in a time stamp.
var cronJob = lazy.Regexp(`(.+)-\d{8,10}$`)

// controllerName names the Deployment, Rollout, DeploymentConfig or CronJob behind a Pod's controller, else the
// controller itself.
func controllerName(owner config.OwnerReference, labels map[string]string) string {
	switch owner.Kind {
	case "ReplicaSet":
		for _, label := range []string{"pod-template-hash", "rollouts-pod-template-hash"} {
			if hash := labels[label]; hash != "" && strings.HasSuffix(owner.Name, hash) {
				return strings.TrimSuffix(owner.Name, "-"+hash)
			}
		}
	case "ReplicationController":
		return cmp.Or(labels["deploymentconfig"], owner.Name)
	case "Job":
		if m := cronJob().FindStringSubmatch(owner.Name); m != nil {
			return m[1]
		}
	}
	return owner.Name
}

// containerPorts yields the ports of the containers that run beside each other, sidecars that start first included.
func containerPorts(spec config.PodSpec) iter.Seq[config.ContainerPort] {
	return func(yield func(config.ContainerPort) bool) {
		for i, c := range append(spec.Containers, spec.InitContainers...) {
			if i >= len(spec.Containers) && c.RestartPolicy != "Always" {
				continue
			}
			for _, p := range c.Ports {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// namedPorts are the numbers of a Pod's TCP ports by name; the first of a name counts.
func namedPorts(p *config.Pod) map[string]uint32 {
	out := map[string]uint32{}
	for port := range containerPorts(p.Spec) {
		if _, taken := out[port.Name]; !taken && port.Name != "" && cmp.Or(port.Protocol, "TCP") == "TCP" {
			out[port.Name] = port.ContainerPort
		}
	}
	return out
}

// PodPort finds the port of a Pod that a Service's port leads to; the second result is false where no container has it.
func (p *Port) PodPort(spec config.PodSpec) (uint32, bool) { return targetPort(spec, p) }

// targetPort finds the port of a Pod that a Service's port leads to.
func targetPort(spec config.PodSpec, p *Port) (uint32, bool) {
	if p.TargetPortName == "" {
		return cmp.Or(p.TargetPort, p.Number), true
	}
	for port := range containerPorts(spec) {
		if port.Name == p.TargetPortName && cmp.Or(port.Protocol, "TCP") == p.Transport {
			return port.ContainerPort, true
		}
	}
	return 0, false
}
