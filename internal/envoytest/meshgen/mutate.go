package meshgen

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// odd are values that somebody may write into a field of a name, and that admission may accept and Envoy refuse.
var odd = map[string][]any{
	"address":                 {"", "host.example.com", "10.0.0.1/8", "unix:///tmp/s", "::1", "0.0.0.0"},
	"addresses":               {list("10.0.0.0/8"), list("240.0.0.1", "240.0.0.1"), list("::/0"), list("1.2.3.4/33"), list("10.9.0.1", "10.9.0.1/32")},
	"allowHeaders":            {list(""), list("a b")},
	"allowMethods":            {list(""), list("get")},
	"allowOrigins":            {list(tree{"regex": "a{2000}"}), list(tree{"exact": ""}), list(tree{"prefix": ""})},
	"attempts":                {0, -1, 1 << 30},
	"authority":               {"", "a b", "%", "%REQ(:path)%"},
	"baseEjectionTime":        {"0s", "1ns", "9999999999s"},
	"bind":                    {"", "1.2.3.4", "0.0.0.0", "unix:///tmp/x", "@x", "::", "not-an-address"},
	"caCertificates":          {"", "/none.pem"},
	"cipherSuites":            {list("X"), list("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"), list("TLS_AES_128_GCM_SHA256"), list("!aNULL")},
	"connectTimeout":          {"0s", "1ns", "9999999999s"},
	"consecutive5xxErrors":    {0, -1, 4294967295},
	"credentialName":          {"", "none", "a/b"},
	"destinationSubnets":      {list("10.0.0.0/8", "10.0.0.0/8"), list("::/0"), list("1.2.3.4/33"), list("10.0.0.1/8", "10.0.0.0/8")},
	"ecdhCurves":              {list("P-256", "P-256"), list("P-257"), list("X25519", "P-256:prime256v1")},
	"endpoints":               {[]any{}, list(tree{"address": "unix:///tmp/s"}), list(tree{"address": "a.example.com"}), list(tree{"address": "10.0.0.9", "ports": tree{"http": 0}})},
	"exact":                   {"", "*", "%"},
	"fixedDelay":              {"0s", "1ns", "1us", "9999999999s"},
	"from":                    {"", "region1/*", "*"},
	"grpcStatus":              {"X", "99", "OK"},
	"host":                    {"*", "w*.example.com", "*.example.com", "none.example.com"},
	"hosts":                   {list("*"), list("w*.example.com"), list("*.com", "*.com"), list("a.example.com", "a.example.com"), list("*.example.com", "*.example.com:80"), list("./*", "*/*")},
	"http1MaxPendingRequests": {0, -1, 2147483647},
	"http2MaxRequests":        {0, -1},
	"httpHeaderName":          {"", "a b", ":path", "%"},
	"httpStatus":              {0, 99, 100, 600, 999},
	"idleTimeout":             {"0s", "1ns", "-1s", "9999999999s"},
	"interval":                {"0s", "1ns", "1us", "9999999999s"},
	"ipBlocks":                {list("1.2.3.4/33"), list("a"), list("::ffff:1.2.3.4")},
	"issuer":                  {"", "same"},
	"jwks":                    {"", "{}", "not json", `{"keys":[]}`},
	"jwksUri":                 {"http://", "https://x y/", "ftp://x", "https://[::1", "https://host:99999/x"},
	"maxConnections":          {0, -1, 2147483647},
	"maxEjectionPercent":      {0, -1, 101, 1000},
	"maxProtocolVersion":      {"TLSV1_0", "TLSV1_1"},
	"maxRetries":              {0, -1},
	"methods":                 {list(""), list("*"), list("g?t")},
	"minHealthPercent":        {-1, 101},
	"minProtocolVersion":      {"TLSV1_3", "TLSV1_1"},
	"minimumRingSize":         {0, 8388609, 1 << 33},
	"mode":                    {"DISABLE", "MUTUAL", "SIMPLE", "ISTIO_MUTUAL", "PASSTHROUGH", "OPTIONAL_MUTUAL", "AUTO_PASSTHROUGH", "STRICT"},
	"name":                    {"", "A_b", "tls", "http", "same"},
	"number":                  {0, 1, 15001, 15006, 15021, 15090, 65535, 65536, 80, 443},
	"outlierDetection":        {tree{}, tree{"interval": "0s"}, tree{"baseEjectionTime": "1ns"}},
	"paths":                   {list(""), list("/{*}/{**}"), list("/{**}/{**}"), list("/a{*}"), list("/{*}*"), list("%")},
	"perTryTimeout":           {"0s", "1ns", "9999999999s"},
	"port":                    {0, 1, 15001, 80, tree{"number": 0}},
	"portLevelMtls":           {tree{"0": tree{"mode": "STRICT"}}, tree{"99999": tree{"mode": "STRICT"}}},
	"ports":                   {[]any{}, list("0"), list("99999"), list("a")},
	"prefix":                  {"", "*", "a", "/%"},
	"principals":              {list(""), list("*a*"), list("spiffe://x"), list("a{2000}")},
	"privateKey":              {"", "/none.pem"},
	"probes":                  {0, 4294967295},
	"protocol":                {"TCP", "TLS", "HTTPS", "HTTP", "GRPC", "MONGO", "MYSQL", "REDIS", "UDP", "X"},
	"regex":                   {"", "[", "a{2000}", "(?=x)", `\d{1000}`, "(a|b){999}", "(?i)x", `\p{Greek}`, "(?P<n>a)", `\C`, ".*.*.*.*"},
	"resolution":              {"NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS"},
	"retryOn":                 {"", "bogus", "5xx,,", "99999"},
	"retryRemoteLocalities":   {true, false},
	"rewrite":                 {tree{"uri": ""}, tree{"uri": "%"}, tree{"uriRegexRewrite": tree{"match": "[", "rewrite": "x"}}, tree{"uriRegexRewrite": tree{"match": "a", "rewrite": `\9`}}, tree{"uriRegexRewrite": tree{"match": "^/a", "rewrite": "/%"}}},
	"serverCertificate":       {"", "/none.pem"},
	"simple":                  {"PASSTHROUGH", "RANDOM", "LEAST_REQUEST", "ROUND_ROBIN"},
	"sni":                     {"*", "", "w*.example.com", "a b"},
	"sniHosts":                {list("*"), list("w*.example.com"), list("*.com", "*.com"), list("a.example.com", "A.example.com"), list("*w.example.com")},
	"sourceSubnet":            {"1.2.3.4/33", "::/0", "a"},
	"subjectAltNames":         {list(""), list("*"), list("a", "a")},
	"tableSize":               {0, 1, 4, 65536, 5000012},
	"time":                    {"0s", "1ns"},
	"timeout":                 {"0s", "1ns", "-1s", "9999999999s"},
	"tls":                     {tree{}, tree{"mode": "SIMPLE"}, tree{"mode": "MUTUAL"}, tree{"mode": "PASSTHROUGH"}, tree{"mode": "ISTIO_MUTUAL"}},
	"to":                      {[]any{}, tree{"region1/*": 0}, tree{"*": 101}},
	"ttl":                     {"0s", "-1s", "9999999999s"},
	"uri":                     {"", "a b", "%", "%PROTOCOL%", tree{"prefix": ""}, tree{"regex": "a{2000}"}},
	"value":                   {0, 101, -1, "", "%", "%FOO%", "%REQ(x"},
	"values":                  {list(""), list("*"), list("%"), list("[")},
	"weight":                  {0, -1, 4294967295, 2147483648},
}

// headers are names and values of headers that Envoy may refuse.
var headers = []tree{
	{"": "x"}, {":path": "/"}, {"host": "x"}, {"a b": "x"}, {"x": "%FOO%"}, {"x": "%"}, {"x": "%REQ(y"}, {"x": "%DOWNSTREAM_REMOTE_ADDRESS%"}, {"x": "a\nb"},
	{"x": "%START_TIME(%E4Y)%"}, {"x": "%REQ(A?B?C)%"}, {"x": "%DYNAMIC_METADATA(a:b)%"}, {"x": "%UPSTREAM_METADATA([\"a\"])%"}, {"x-envoy-y": ""},
	{"x": "%DYNAMIC_METADATA%"}, {"x": "%PROTOCOL(x)%"}, {"x": "%REQ(A B)%"},
}

// Mutate changes a field of each of a few documents of a mesh into an odd value, or doubles an item of a list, and returns the positions
// of the documents.
func (m Mesh) Mutate(seed uint64, documents int) []int {
	d := dice{rand.New(rand.NewPCG(seed, 1))}
	var changed []int
	for _, i := range d.random.Perm(len(m.Documents)) {
		spec, ok := m.Documents[i]["spec"].(tree)
		if len(changed) < documents && ok && m.Documents[i]["kind"] != "Pod" && d.mutate(spec) {
			changed = append(changed, i)
		}
	}
	return changed
}

// mutate changes something below a map.
func (d dice) mutate(t tree) bool {
	var places []func()
	d.places(t, &places)
	if len(places) == 0 {
		return false
	}
	pick(d, places...)()
	return true
}

// places collects what can be changed below a map.
func (d dice) places(t tree, out *[]func()) {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		if values := odd[key]; values != nil {
			*out = append(*out, func() { t[key] = pick(d, values...) })
		}
		switch v := t[key].(type) {
		case tree:
			if key == "set" || key == "add" {
				*out = append(*out, func() { t[key] = pick(d, headers...) })
			}
			d.places(v, out)
		case []any:
			if len(v) > 0 {
				*out = append(*out, func() { t[key] = append(slices.Clone(v), v[d.N(len(v))]) })
			}
			for _, item := range v {
				if below, ok := item.(tree); ok {
					d.places(below, out)
				}
			}
		}
	}
}
