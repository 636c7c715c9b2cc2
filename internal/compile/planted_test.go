package compile

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/envoy"
)

// planted is a mesh in which every value that reaches a cluster or an endpoint is unlike any other, one a line.
const planted = `-- mesh.yaml --
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: entry, namespace: app}
spec:
  hosts:
  - host.q101
  ports:
  - name: http
    protocol: HTTP
    number: 61001
    targetPort: 61002
  resolution: DNS
  subjectAltNames:
  - q102
  endpoints:
  - address: address.q103
    locality: q104/q105
    weight: 61003
    labels:
      version: one
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: rule, namespace: app}
spec:
  host: host.q101
  trafficPolicy:
    connectionPool:
      tcp:
        maxConnections: 61004
        tcpKeepalive:
          time: 61005s
      http:
        http1MaxPendingRequests: 61006
        idleTimeout: 61007s
    outlierDetection:
      consecutive5xxErrors: 61008
      baseEjectionTime: 61009s
    loadBalancer:
      consistentHash:
        useSourceIp: true
        ringHash:
          minimumRingSize: 61010
    tls:
      mode: MUTUAL
      clientCertificate: /q106
      privateKey: /q107
      caCertificates: /q108
    retryBudget:
      minRetryConcurrency: 61011
  subsets:
  - name: q109
    labels:
      version: one
    trafficPolicy:
      tls:
        mode: SIMPLE
        sni: q110
        subjectAltNames:
        - q111
-- settings.yaml --
connectTimeout: 61012s
tlsDefaults:
  cipherSuites:
  - q112
`

// TestPlanted follows every planted value from the resource that holds it back to the line that it is written on.
func TestPlanted(t *testing.T) {
	ar := txtar.Parse([]byte(planted))
	s := New(compiletest.Mesh(t, ar).View(compiletest.Proxy(t, "sidecar app/client ip=10.0.0.1"))).Snapshot()
	tokens := regexp.MustCompile(`q1\d\d|610\d\d`)
	for _, file := range ar.Files {
		for i, line := range strings.Split(string(file.Data), "\n") {
			token := tokens.FindString(line)
			if token == "" || strings.Contains(line, "host: ") {
				continue
			}
			holders := 0
			for _, c := range s.Clusters {
				if strings.Contains(jsonOf(t, c), token) {
					holders++
					if !leadsTo(s.Origins, envoy.Cluster(c.Name), file.Name, int32(i+1)) {
						t.Errorf("%s holds %s, but no origin of it is %s:%d", c.Name, token, file.Name, i+1)
					}
				}
			}
			if holders == 0 {
				t.Errorf("%s of %s:%d reaches no cluster", token, file.Name, i+1)
			}
		}
	}
}

func leadsTo(origins envoy.Origins, at envoy.Addr, file string, line int32) bool {
	for _, part := range slices.Sorted(maps.Keys(origins)) {
		if part != at && !strings.HasPrefix(string(part), string(at)+"/") {
			continue
		}
		for _, o := range origins[part] {
			if o.Role != envoy.Overridden && o.Doc.File.Name == file && o.Doc.At(o.Field).Line == line {
				return true
			}
		}
	}
	return false
}

// jsonOf is a cluster as text, its packed parts unpacked.
func jsonOf(t *testing.T, m proto.Message) string {
	t.Helper()
	data, err := protojson.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
