package config

import (
	"testing"

	"google.golang.org/protobuf/proto"
	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/source"
)

// A judged message can also be read by the decoder that istiod uses.
type judged interface {
	proto.Message
	UnmarshalJSON([]byte) error
}

var messages = []func() judged{
	func() judged { return &networking.VirtualService{} },
	func() judged { return &networking.ServiceEntry{} },
	func() judged { return &networking.DestinationRule{} },
	func() judged { return &networking.Gateway{} },
	func() judged { return &networking.Sidecar{} },
	func() judged { return &networking.WorkloadGroup{} },
	func() judged { return &security.AuthorizationPolicy{} },
	func() judged { return &security.PeerAuthentication{} },
	func() judged { return &meshconfig.MeshConfig{} },
}

// FuzzMessage holds the reader to the decoder that istiod uses: both read the same, or both refuse.
func FuzzMessage(f *testing.F) {
	for _, text := range []string{
		`{"hosts":["a","b",null],"http":[{"match":[{"uri":{"prefix":"/"},"headers":{"x":{"exact":"1"},"y":{}}}],"timeout":"250ms","retries":{"attempts":"3"},"fault":{"abort":{"httpStatus":500,"percentage":{"value":12.5}}}}]}`,
		`{"http":[{"fault":{"delay":{"fixedDelay":"1h1m","percent":5,"percentage":{"value":"0.1"}}},"redirect":{"port":80,"derivePort":"FROM_REQUEST_PORT"}}],"exportTo":[]}`,
		`{"hosts":["a"],"location":1,"resolution":"DNS","ports":[{"number":80,"name":"http","protocol":"HTTP","target_port":8080,"targetPort":9}],"unknown":{}}`,
		`{"resolution":"dns"}`, `{"ports":[{"number":-1}]}`, `{"ports":[{"number":1.5}]}`, `{"ports":{}}`, `{"hosts":"a"}`, `{"hosts":[1]}`,
		`{"host":"a","trafficPolicy":{"loadBalancer":{"simple":"ROUND_ROBIN","consistentHash":{"useSourceIp":true}},"outlierDetection":{"consecutive5xxErrors":null,"consecutiveGatewayErrors":7,"interval":"1.5s"},"tls":{"mode":"SIMPLE","insecureSkipVerify":false}}}`,
		`{"servers":[{"port":{"number":443,"protocol":"HTTPS","name":"x"},"hosts":["*"],"tls":{"mode":"MUTUAL","minProtocolVersion":2}}],"selector":{"a":"b","c":null}}`,
		`{"mtls":{"mode":"STRICT"},"portLevelMtls":{"8080":{"mode":"DISABLE"},"x":{}}}`,
		`{"rules":[{"from":[{"source":{"principals":["a"]}}],"when":[{"key":"k","values":["v"]}]}],"action":"DENY","selector":{"matchLabels":{"a":"b"}}}`,
		`{"accessLogFile":"/dev/stdout","defaultConfig":{"proxyMetadata":{"A":"b"},"concurrency":2},"connectTimeout":"10s","enableAutoMtls":true,"extensionProviders":[{"name":"x","envoyExtAuthzGrpc":{"service":"a","port":"9000"}}],"outboundTrafficPolicy":{"mode":"REGISTRY_ONLY"}}`,
		`{"defaultConfig":{"tracing":{"sampling":"NaN","customTags":{"a":{"literal":{"value":"v"}}}}},"serviceSettings":[{"settings":{"clusterLocal":true},"hosts":["*"]}]}`,
	} {
		for kind := range messages {
			f.Add(kind, text)
		}
	}
	f.Fuzz(func(t *testing.T, kind int, text string) {
		docs, problems := source.Parse(&source.File{Name: "x.json", Data: []byte(text)})
		if len(docs) != 1 || len(problems) > 0 {
			t.Skip("not one JSON value")
		}
		m := messages[uint(kind)%uint(len(messages))]
		want, got := m(), m()
		err := want.UnmarshalJSON(docs[0].Root.AppendJSON(nil))
		r := &reader{}
		r.message(got.ProtoReflect(), docs[0].Root)
		if (err != nil) != (len(r.faults) > 0) {
			t.Fatalf("%s: istiod's decoder: %v, ours: %v", text, err, r.faults)
		}
		if err == nil && !proto.Equal(want, got) {
			t.Errorf("%s:\nistiod's decoder: %v\nours:            %v", text, want, got)
		}
	})
}
