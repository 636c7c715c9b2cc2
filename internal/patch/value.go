package patch

import (
	"fmt"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/envoy"
)

// valueOf reads the value of a patch as the message of Envoy that it applies to. Unknown fields are ignored, as istiod
// ignores them; an extension of a type that sem has no message for is kept as it is. It is nil where there is none.
func valueOf(written *networking.EnvoyFilter_EnvoyConfigObjectPatch) (proto.Message, error) {
	value := written.GetPatch().GetValue()
	if value == nil {
		return nil, nil
	}
	message := messageFor(written.GetApplyTo())
	if message == nil {
		return nil, fmt.Errorf("applyTo %s has no message of Envoy", written.GetApplyTo())
	}
	if err := envoy.ReadWritten(value.AsMap(), message); err != nil {
		return nil, fmt.Errorf("the value is not a valid %s: %w", message.ProtoReflect().Descriptor().FullName(), err)
	}
	return message, nil
}

// messageFor is an empty message of the type that patches of a kind hold, or nil.
func messageFor(to networking.EnvoyFilter_ApplyTo) proto.Message {
	switch to {
	case networking.EnvoyFilter_LISTENER:
		return &listenerv3.Listener{}
	case networking.EnvoyFilter_LISTENER_FILTER:
		return &listenerv3.ListenerFilter{}
	case networking.EnvoyFilter_FILTER_CHAIN:
		return &listenerv3.FilterChain{}
	case networking.EnvoyFilter_NETWORK_FILTER:
		return &listenerv3.Filter{}
	case networking.EnvoyFilter_HTTP_FILTER:
		return &hcmv3.HttpFilter{}
	case networking.EnvoyFilter_ROUTE_CONFIGURATION:
		return &routev3.RouteConfiguration{}
	case networking.EnvoyFilter_VIRTUAL_HOST:
		return &routev3.VirtualHost{}
	case networking.EnvoyFilter_HTTP_ROUTE:
		return &routev3.Route{}
	case networking.EnvoyFilter_CLUSTER:
		return &clusterv3.Cluster{}
	case networking.EnvoyFilter_EXTENSION_CONFIG:
		return &corev3.TypedExtensionConfig{}
	case networking.EnvoyFilter_BOOTSTRAP:
		return &bootstrapv3.Bootstrap{}
	}
	return nil
}

// valueAs is a copy of the patch's value, of the message type that the caller knows it to have.
func valueAs[M proto.Message](p *Patch) M { return proto.Clone(p.value).(M) }
