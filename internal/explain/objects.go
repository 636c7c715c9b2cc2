package explain

import (
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/hostname"
)

// objectIndex finds the objects of an input by name and by the hosts that they are about, so the explanation of one call
// costs what the call touches and not the size of the mesh. It is not changed once it is built.
type objectIndex struct {
	objects []*config.Object // in the order of the input
	named   map[objectName][]int
	hosts   map[string][]int // by the host as written
	names   hostname.Index[string]
}

func newObjectIndex(objects []*config.Object, domain string) *objectIndex {
	x := &objectIndex{objects: objects, named: map[objectName][]int{}, hosts: map[string][]int{}}
	for i, o := range objects {
		at := objectName{o.Kind, o.Namespace, o.Name}
		x.named[at] = append(x.named[at], i)
		for _, host := range hostsIn(o, domain) {
			if x.hosts[host] == nil {
				x.names.Put(host, host)
			}
			x.hosts[host] = append(x.hosts[host], i)
		}
	}
	return x
}

// about returns the objects that have one of the names or are about one of the hosts, in the order of the input.
func (x *objectIndex) about(names map[objectName][]string, hosts []string) []*config.Object {
	var found []int
	for name := range names {
		found = append(found, x.named[name]...)
	}
	for _, host := range hosts {
		for covering := range x.names.Covering(host) {
			found = append(found, x.hosts[covering]...)
		}
	}
	slices.Sort(found)
	var out []*config.Object
	for _, i := range slices.Compact(found) {
		out = append(out, x.objects[i])
	}
	return out
}
