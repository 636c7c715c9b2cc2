package facts

import (
	"cmp"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A Delegation is a rule that hands its requests to another VirtualService.
type Delegation struct {
	Place          // of the delegate field
	Name    string // namespace/name of the delegate
	To      *config.Object
	Dropped string // why istiod leaves it out; "" where it does not
}

// EachDelegation calls do for every rule of VirtualServices that delegates.
func (s *Routes) EachDelegation(rules []*config.Object, do func(Delegation)) {
	for _, o := range rules {
		for i, rule := range config.Spec[*networking.VirtualService](o).GetHttp() {
			to := rule.GetDelegate()
			if to == nil {
				continue
			}
			ns := cmp.Or(to.GetNamespace(), o.Namespace)
			at := At(o, "spec.http").Item(i).Sub("delegate")
			do(Delegation{Place: at, Name: ns + "/" + to.GetName(), To: s.docs.Mesh.Object("VirtualService", ns, to.GetName()), Dropped: s.Dropped(at)})
		}
	}
}

// Dropped returns why istiod leaves a rule out that delegates; "" where it does not.
func (s *Routes) Dropped(at Place) string {
	return s.dropped.get(func() map[Place]string {
		dropped := map[Place]string{}
		for _, v := range s.docs.Mesh.VirtualServices() {
			for _, l := range v.Ignored {
				dropped[At(l.Object, l.Field)] = l.Reason
			}
		}
		return dropped
	})[at]
}
