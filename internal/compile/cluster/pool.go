package cluster

import (
	"math"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/mesh"
	"sem.example/internal/release"
)

// ApplyConnectionPool puts connection pool settings (nil: the defaults) and a retry budget into a cluster. What a setting does not
// limit is not limited at all: Envoy's own circuit breakers are opened wide.
func ApplyConnectionPool(view *mesh.View, t *Mutable, pool *networking.ConnectionPoolSettings, budget *networking.TrafficPolicy_RetryBudget) {
	config := view.Mesh.Settings.Config
	tcp := pool.GetTcp()
	if t.ConnectTimeout = tcp.GetConnectTimeout(); t.ConnectTimeout == nil {
		t.ConnectTimeout = config.GetConnectTimeout()
		t.setting("pool", "connectTimeout")
	}
	t.keepAlive(config.GetTcpKeepalive())
	t.setting("pool", "tcpKeepalive")
	t.keepAlive(tcp.GetTcpKeepalive())
	t.CircuitBreakers = &clusterv3.CircuitBreakers{Thresholds: []*clusterv3.CircuitBreakers_Thresholds{thresholds(view, pool, budget)}}
	t.holdConnections(pool)
	if pool.GetHttp().GetUseClientProtocol() {
		t.speakAsClient()
	}
}

func thresholds(
	view *mesh.View, pool *networking.ConnectionPoolSettings, budget *networking.TrafficPolicy_RetryBudget,
) *clusterv3.CircuitBreakers_Thresholds {
	return &clusterv3.CircuitBreakers_Thresholds{
		MaxConnections:     atMost(pool.GetTcp().GetMaxConnections()),
		MaxPendingRequests: atMost(pool.GetHttp().GetHttp1MaxPendingRequests()),
		MaxRequests:        atMost(pool.GetHttp().GetHttp2MaxRequests()),
		MaxRetries:         atMost(pool.GetHttp().GetMaxRetries()),
		RetryBudget:        retryBudget(budget),
		TrackRemaining:     !view.Mesh.Settings.Release.Has(release.NoTrackRemaining),
	}
}

// atMost is a limit; zero is none.
func atMost(n int32) *wrapperspb.UInt32Value {
	if n <= 0 {
		return unlimited
	}
	return wrapperspb.UInt32(uint32(n))
}

var unlimited = wrapperspb.UInt32(math.MaxUint32)

func retryBudget(b *networking.TrafficPolicy_RetryBudget) *clusterv3.CircuitBreakers_Thresholds_RetryBudget {
	if b == nil {
		return nil
	}
	percent, least := 20.0, uint32(3)
	if b.GetPercent() != nil {
		percent = b.GetPercent().GetValue()
	}
	if b.GetMinRetryConcurrency() > 0 {
		least = b.GetMinRetryConcurrency()
	}
	return &clusterv3.CircuitBreakers_Thresholds_RetryBudget{
		BudgetPercent:       &typev3.Percent{Value: percent},
		BudgetInterval:      b.GetBudgetInterval(),
		MinRetryConcurrency: wrapperspb.UInt32(least),
	}
}

// keepAlive switches TCP keep-alive on, field by field, so that a rule may change what the mesh sets.
func (t *Mutable) keepAlive(k *networking.ConnectionPoolSettings_TCPSettings_TcpKeepalive) {
	if k == nil {
		return
	}
	if t.UpstreamConnectionOptions == nil {
		t.UpstreamConnectionOptions = &clusterv3.UpstreamConnectionOptions{TcpKeepalive: &corev3.TcpKeepalive{}}
	}
	to := t.UpstreamConnectionOptions.TcpKeepalive
	if k.GetProbes() > 0 {
		to.KeepaliveProbes = wrapperspb.UInt32(k.GetProbes())
	}
	if k.GetTime() != nil {
		to.KeepaliveTime = wrapperspb.UInt32(uint32(k.GetTime().GetSeconds()))
	}
	if k.GetInterval() != nil {
		to.KeepaliveInterval = wrapperspb.UInt32(uint32(k.GetInterval().GetSeconds()))
	}
}

// holdConnections sets how long and for how much connections are used.
func (t *Mutable) holdConnections(pool *networking.ConnectionPoolSettings) {
	h, tcp := pool.GetHttp(), pool.GetTcp()
	idle := h.GetIdleTimeout()
	if idle == nil {
		idle = tcp.GetIdleTimeout()
	}
	if idle == nil && tcp.GetMaxConnectionDuration() == nil && h.GetMaxRequestsPerConnection() <= 0 &&
		h.GetMaxConcurrentStreams() <= 0 && h.GetHttp2KeepAlive() == nil {
		return
	}
	o := t.options()
	if o.CommonHttpProtocolOptions == nil {
		o.CommonHttpProtocolOptions = &corev3.HttpProtocolOptions{}
	}
	o.CommonHttpProtocolOptions.IdleTimeout = idle
	o.CommonHttpProtocolOptions.MaxConnectionDuration = tcp.GetMaxConnectionDuration()
	if n := h.GetMaxRequestsPerConnection(); n > 0 {
		o.CommonHttpProtocolOptions.MaxRequestsPerConnection = wrapperspb.UInt32(uint32(n))
	}
	t.holdStreams(h)
}

// holdStreams sets what only HTTP/2 has.
func (t *Mutable) holdStreams(h *networking.ConnectionPoolSettings_HTTPSettings) {
	o := t.http2()
	if o == nil {
		return
	}
	if n := h.GetMaxConcurrentStreams(); n > 0 {
		o.MaxConcurrentStreams = wrapperspb.UInt32(uint32(n))
	}
	if k := h.GetHttp2KeepAlive(); k != nil {
		o.ConnectionKeepalive = &corev3.KeepaliveSettings{Interval: k.GetInterval(), Timeout: k.GetTimeout()}
	}
}
