package envoy

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
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
	root, err := decode(data)
	if err != nil {
		return nil, err
	}
	l := &loader{out: &Snapshot{}}
	if configs, ok := root["configs"].([]any); ok {
		l.dump(configs)
	} else {
		l.node(root)
		l.lists(root)
		if static, ok := field(root, "staticResources").(map[string]any); ok {
			l.lists(static)
		}
	}
	if l.found == 0 {
		return nil, ErrNoResources
	}
	l.sort()
	l.out.Origins = metadataOrigins(l.out)
	return l.out, nil
}

func decode(data []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var root any
	if err := d.Decode(&root); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	object, ok := root.(map[string]any)
	if !ok {
		return nil, ErrNoResources
	}
	return object, nil
}

// A loader collects resources; found counts the lists that it met, empty ones too.
type loader struct {
	out   *Snapshot
	found int
}

// lists takes the four lists of an object.
func (l *loader) lists(from map[string]any) {
	for _, kind := range []string{"listeners", "routes", "clusters", "endpoints"} {
		items, ok := field(from, kind).([]any)
		if !ok {
			continue
		}
		l.found++
		for _, item := range items {
			l.add(kind, item)
		}
	}
}

// add reads one resource of a kind.
func (l *loader) add(kind string, item any) {
	switch kind {
	case "listeners":
		read(l, &l.out.Listeners, item, &listenerv3.Listener{})
	case "routes":
		read(l, &l.out.Routes, item, &routev3.RouteConfiguration{})
	case "clusters":
		read(l, &l.out.Clusters, item, &clusterv3.Cluster{})
	case "endpoints":
		read(l, &l.out.Endpoints, item, &endpointv3.ClusterLoadAssignment{})
	}
}

var lenient = protojson.UnmarshalOptions{DiscardUnknown: true}

func read[T proto.Message](l *loader, list *[]T, item any, into T) {
	object, ok := item.(map[string]any)
	if !ok {
		return
	}
	if err := Read(object, into); err != nil {
		what := string(into.ProtoReflect().Descriptor().Name())
		l.out.NotModelled = append(l.out.NotModelled, NotModelled{
			What:   fmt.Sprintf("%s %v", what, cmp.Or(field(object, "name"), field(object, "clusterName"))),
			Reason: "it cannot be read: " + err.Error(),
		})
		return
	}
	*list = append(*list, into)
}

// Read fills a message from the JSON object that writes it, which it may change. Unknown fields are ignored. An extension
// of a type that sem has no message for is kept as it is, wrapped in a TypedStruct.
func Read(object map[string]any, into proto.Message) error {
	text, err := json.Marshal(opaque(object))
	if err != nil {
		return err
	}
	return lenient.Unmarshal(text, into)
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
