package registry

import "testing"

func TestServicePortProtocol(t *testing.T) {
	app := func(s string) *string { return &s }
	tests := []struct {
		number          uint32
		name, transport string
		app             *string
		want            Protocol
	}{
		{80, "http", "TCP", nil, HTTP},
		{80, "http-web", "TCP", nil, HTTP},
		{80, "HTTP2-x", "TCP", nil, HTTP2},
		{80, "grpc-web", "TCP", nil, GRPCWeb},
		{80, "grpc-webby", "TCP", nil, GRPCWeb},
		{80, "grpc-api", "TCP", nil, GRPC},
		{80, "httpx", "TCP", nil, Detected},
		{80, "", "TCP", nil, Detected},
		{53, "dns", "UDP", nil, UDP},
		{53, "dns", "TCP", nil, TCP},
		{25, "", "TCP", nil, TCP},
		{3306, "mysql", "TCP", nil, MySQL},
		{27017, "x", "TCP", nil, TCP},
		{80, "http", "TCP", app("tcp"), TCP},
		{80, "http", "TCP", app("kubernetes.io/h2c"), HTTP2},
		{80, "tcp", "TCP", app("kubernetes.io/ws"), HTTP},
		{443, "tcp", "TCP", app("kubernetes.io/wss"), HTTPS},
		{80, "http", "TCP", app("kafka"), Detected},
		{3306, "http", "TCP", app("kafka"), TCP},
		{80, "http", "UDP", app("http"), UDP},
	}
	for _, test := range tests {
		if got := servicePortProtocol(test.number, test.name, test.transport, test.app); got != test.want {
			t.Errorf("port %d %q over %s is %q, want %q", test.number, test.name, test.transport, got, test.want)
		}
	}
}

// Each protocol belongs to the families that decide how a proxy treats its traffic.
func TestProtocolFamilies(t *testing.T) {
	for p, want := range map[Protocol][4]bool{ // HTTP, HTTP/2, TLS, TCP
		Detected: {}, UDP: {}, TCP: {3: true}, Mongo: {3: true}, Redis: {3: true}, MySQL: {3: true},
		HTTP: {0: true}, HTTPProxy: {0: true}, HTTP2: {true, true}, GRPC: {true, true}, GRPCWeb: {true, true},
		HTTPS: {2: true, 3: true}, TLS: {2: true, 3: true},
	} {
		if got := [4]bool{p.IsHTTP(), p.IsHTTP2(), p.IsTLS(), p.IsTCP()}; got != want {
			t.Errorf("%q: %v, want %v", p, got, want)
		}
	}
}
