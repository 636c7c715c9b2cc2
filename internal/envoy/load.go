package envoy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// ErrNoResources says that a JSON document holds nothing that Envoy runs.
var ErrNoResources = errors.New("no listeners, routes, clusters or endpoints: expected Envoy's /config_dump?include_eds, " +
	"the output of istioctl proxy-config all -o json, a bootstrap, or an object with the lists listeners, routes, clusters and endpoints")

// Load reads the configuration of a proxy from JSON: a dump of its admin interface (/config_dump?include_eds, which is
// also what "istioctl proxy-config all -o json" prints), a static bootstrap, or the four lists by themselves. Field
// names may be in either case of proto JSON. An extension that sem has no message for is kept as it is, wrapped in a
// TypedStruct. A resource that cannot be read is left out and reported in NotModelled. The origins name the Istio
// objects that the resources' own metadata names. The error is for a document that is not such a configuration at all.
func Load(data []byte) (*Snapshot, error) {
	return load(bytes.NewReader(data), func(protoreflect.Message) {})
}

// LoadFrom is [Load] of a stream that may be large: neither its text nor a tree of it is held. The messages have parts in
// common and must not be changed; metadata that nothing reads is left out.
func LoadFrom(r io.Reader) (*Snapshot, error) { return load(r, newSharer().share) }

func load(r io.Reader, share func(protoreflect.Message)) (*Snapshot, error) {
	in := newStream(r)
	lists, dump := &loader{in: in, share: share, out: &Snapshot{}}, &loader{in: in, share: share, out: &Snapshot{}}
	isDump := false
	isObject, err := in.object(func(key string) (err error) {
		switch key {
		case "configs":
			isDump, err = in.array(dump.dump)
		case "node":
			err = lists.node()
		case "staticResources", "static_resources":
			_, err = in.object(lists.list)
		default:
			err = lists.list(key)
		}
		return err
	})
	if err == nil {
		err = in.end()
	}
	if err != nil {
		return nil, err
	}
	l := lists
	if isDump {
		l = dump
	}
	if !isObject || !l.found {
		return nil, ErrNoResources
	}
	l.sort()
	l.out.Origins = metadataOrigins(l.out)
	return l.out, nil
}

// A loader collects resources; found reports whether it met one of their lists, if only an empty one.
type loader struct {
	in    jsonStream
	share func(protoreflect.Message)
	out   *Snapshot
	found bool
}

// list reads the value of a key, which may be one of the lists.
func (l *loader) list(key string) error {
	switch key {
	case "listeners", "routes", "clusters", "endpoints", "extensions":
		isList, err := l.in.array(func() error { return l.resource(key) })
		l.found = l.found || isList
		return err
	}
	return l.in.skip()
}

// resource reads one resource of a kind.
func (l *loader) resource(kind string) error {
	switch kind {
	case "listeners":
		return read(l, &l.out.Listeners, &listenerv3.Listener{})
	case "routes":
		return read(l, &l.out.Routes, &routev3.RouteConfiguration{})
	case "clusters":
		return read(l, &l.out.Clusters, &clusterv3.Cluster{})
	case "extensions":
		return read(l, &l.out.Extensions, &corev3.TypedExtensionConfig{})
	}
	return read(l, &l.out.Endpoints, &endpointv3.ClusterLoadAssignment{})
}

func read[T proto.Message](l *loader, list *[]T, into T) error {
	m := message{in: l.in, share: l.share, into: into.ProtoReflect(), own: []byte("{")}
	isObject, err := l.in.object(m.field)
	if err != nil || !isObject {
		return err
	}
	if fault := m.unmarshalRest(); fault != nil {
		l.out.NotModelled = append(l.out.NotModelled, NotModelled{
			What:   fmt.Sprintf("%s %v", into.ProtoReflect().Descriptor().Name(), m.name()),
			Reason: "it cannot be read: " + fault.Error(),
		})
		return nil
	}
	*list = append(*list, into)
	return nil
}

// sort orders each list by name.
func (l *loader) sort() {
	s := l.out
	slices.SortStableFunc(s.Listeners, by((*listenerv3.Listener).GetName))
	slices.SortStableFunc(s.Routes, by((*routev3.RouteConfiguration).GetName))
	slices.SortStableFunc(s.Clusters, by((*clusterv3.Cluster).GetName))
	slices.SortStableFunc(s.Endpoints, by((*endpointv3.ClusterLoadAssignment).GetClusterName))
}

func by[T any](key func(T) string) func(a, b T) int {
	return func(a, b T) int { return cmp.Compare(key(a), key(b)) }
}
