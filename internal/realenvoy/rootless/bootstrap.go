// Package rootless changes a bootstrap so that Envoy runs on one machine without privileges, and logs what it decides.
package rootless

import (
	"fmt"
	"net/netip"

	accesslogv3 "github.com/envoyproxy/go-control-plane/envoy/config/accesslog/v3"
	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"sem.example/internal/realenvoy/accesslog"
	"sem.example/internal/realenvoy/upstream"
)

// Rewrite has a bootstrap listen on the loopback address, dial the servers instead of its endpoints, and log to a file.
func Rewrite(b *bootstrapv3.Bootstrap, servers *upstream.Servers, logPath string) error {
	b.Admin.Address = Loopback(0)
	w := &rewriter{servers: servers, logPath: logPath, sniNamed: map[string]bool{}}
	for _, l := range b.GetStaticResources().GetListeners() {
		w.listener(l)
	}
	for _, c := range b.GetStaticResources().GetClusters() {
		if err := w.cluster(c); err != nil {
			return err
		}
	}
	return nil
}

// Log has the listeners of a bootstrap log to a file what happens to each connection and request, and changes nothing else.
func Log(b *bootstrapv3.Bootstrap, path string) {
	w := &rewriter{logPath: path}
	for _, l := range b.GetStaticResources().GetListeners() {
		w.log(l)
	}
}

type rewriter struct {
	servers  *upstream.Servers
	logPath  string
	sniNamed map[string]bool // clusters whose host the TLS handshake names
}

// accessLog is a log of entries with the given fixed fields.
func (w *rewriter) accessLog(fixed accesslog.Entry) []*accesslogv3.AccessLog {
	return []*accesslogv3.AccessLog{{
		Name:       "envoy.access_loggers.file",
		ConfigType: &accesslogv3.AccessLog_TypedConfig{TypedConfig: Pack(accesslog.ToFile(w.logPath, fixed))},
	}}
}

func isIP(address string) bool {
	_, err := netip.ParseAddr(address)
	return err == nil
}

// Loopback is the IPv4 loopback address with a port; 0 is a free one.
func Loopback(port uint32) *corev3.Address {
	return &corev3.Address{Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{
		Address:       "127.0.0.1",
		PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: port},
	}}}
}

// Pack packs a message that this program made. It panics where one cannot be encoded, which is a mistake in the program.
func Pack(m proto.Message) *anypb.Any {
	a, err := anypb.New(m)
	if err != nil {
		panic(fmt.Sprintf("%s cannot be encoded: %v", m.ProtoReflect().Descriptor().FullName(), err))
	}
	return a
}
