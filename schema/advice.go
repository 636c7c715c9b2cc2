package schema

import (
	"cmp"
	"regexp"
	"strings"
)

// advices word what to do about a message that the schema or a limit words. The first that matches counts. FIELD is the field,
// and $1 and $2 are groups of the pattern. Where no pattern matches, the fix of the check applies.
var advices = []struct {
	words  *regexp.Regexp
	advice string
}{
	// Fields that exclude each other, and fields that do not belong.
	{regexp.MustCompile(`^and workloadSelector are mutually exclusive$`), "remove one of them; to use both, write a WorkloadEntry for each endpoint"},
	{regexp.MustCompile(`^and (\S+?),? .*are mutually exclusive.*`), "remove FIELD or $1"},
	{regexp.MustCompile(`^must be left out: with resolution NONE .*`), "remove FIELD, or use resolution STATIC for IP addresses and DNS for names"},
	{regexp.MustCompile(`^must be left out: insecureSkipVerify .*`), "remove insecureSkipVerify to verify the server certificate, or remove FIELD"},
	{regexp.MustCompile(`^must be left out(?: unless the port's protocol is HTTPS or TLS|: protocol HTTP is plaintext.*)$`), "set the port's protocol to HTTPS to terminate TLS here, or remove FIELD"},
	{regexp.MustCompile(`^must be left out: attempts is 0.*`), "set attempts to 1 or more, or remove FIELD"},
	{regexp.MustCompile(`^must be left out: a VirtualService without hosts .*`), "add hosts if this is not a delegate, or remove FIELD"},
	{regexp.MustCompile(`^must be left out: a delegate cannot delegate again$`), "write the routes here, or add hosts if this is not a delegate"},
	{regexp.MustCompile(`^must be left out: the delegate defines the routes$`), "remove FIELD, or remove delegate"},
	{regexp.MustCompile(`^must be left out: the certificates? comes? from credentialName$`), "remove FIELD or credentialName"},
	{regexp.MustCompile(`^must be left out: mode SIMPLE does not verify client certificates$`), "use mode MUTUAL to verify client certificates, or remove FIELD"},
	{regexp.MustCompile(`^must be left out: (?:the )?(?:filter's |name's |session's )?(type|protocol) is not (\S+)$`), "set the $1 to $2, or remove FIELD"},
	{regexp.MustCompile(`^(?:must be left out|is reserved|must be empty).*`), "remove FIELD"},
	{regexp.MustCompile(`^is only supported with (.+)$`), "use $1, or remove FIELD"},
	{regexp.MustCompile(`^is only supported on (.+)$`), "remove FIELD, which only $1 can have"},
	{regexp.MustCompile(`^is not supported with (.+)$`), "remove FIELD, or change the action"},

	// Numbers and lengths.
	{regexp.MustCompile(`^is out of range \((\d+) to (\d+)\)$`), "use a number from $1 to $2"},
	{regexp.MustCompile(`^is out of range \(0, or (\S+) to (\S+)\)$`), "use 0, or a number from $1 to $2"},
	{regexp.MustCompile(`^must be (0) to (\d+)$`), "use a number from $1 to $2"},
	{regexp.MustCompile(`^must not be greater than denominator$`), "use a number up to denominator"},
	{regexp.MustCompile(`^must not be empty$`), "set a value, or remove FIELD"},
	{regexp.MustCompile(`^must have at most \d+ characters?$`), "shorten the value"},
	{regexp.MustCompile(`^must have at most (\d+ items?)$`), "keep at most $1, or split the list over several resources"},
	{regexp.MustCompile(`^must have at least (.+)$`), "give FIELD at least $1"},
	{regexp.MustCompile(`^must be at (least|most) ([^,\s]+)$`), "use a value of at $1 $2"},
	{regexp.MustCompile(`^must be at least (\S+), in (.+)$`), "use at least $1, in $2"},
	{regexp.MustCompile(`^must be 0s, or at least 1ms in whole milliseconds$`), "use 0s, or at least 1ms"},
	{regexp.MustCompile(`^must be a duration such as (.+?)(?:, in whole numbers)?$`), "write a duration such as $1"},

	// Hosts, addresses and ports.
	{regexp.MustCompile(`^must be host or namespace/host.*`), "write the full host name, such as reviews.shop.svc.cluster.local"},
	{regexp.MustCompile(`^must be namespace/host.*`), "write NAMESPACE/HOST, ./HOST for the own namespace, or */HOST for all"},
	{regexp.MustCompile(`^must be a host name, not an IP address$`), "write a host name"},
	{regexp.MustCompile(`^must start with a wildcard: DYNAMIC_DNS .*`), "write a wildcard such as *.example.com, or use resolution DNS"},
	{regexp.MustCompile(`^must be a full host name: DNS cannot resolve a wildcard$`), "write the full host name; for a wildcard, use resolution NONE or DYNAMIC_DNS, or list endpoints"},
	{regexp.MustCompile(`^must be HTTP, HTTP2, GRPC or TLS: DYNAMIC_DNS .*`), "use protocol HTTP, HTTP2, GRPC or TLS, or another resolution"},
	{regexp.MustCompile(`^must be an IP address, a host name or a Unix socket$`), "write an IP address, a host name or unix:///PATH"},
	{regexp.MustCompile(`^must be an IP address or a host name that DNS can resolve$`), "write an IP address or a host name"},
	{regexp.MustCompile(`^must be (an IP address(?: or a Unix socket| or a range .+)?)$`), "write $1"},
	{regexp.MustCompile(`^must be an IP address, or its type must be Hostname$`), "write an IP address, or set type: Hostname"},
	{regexp.MustCompile(`^must be (127\.0\.0\.1:port.*)$`), "write $1"},
	{regexp.MustCompile(`^must be unix:// and .*`), "write unix:///PATH, or unix://@NAME for an abstract socket"},
	{regexp.MustCompile(`^is a Unix socket, which needs port number 0$`), "set port.number to 0, or bind to an IP address"},
	{regexp.MustCompile(`^must be a Unix socket when (?:the port number is 0|port\.number is not set)$`), "set port.number, or bind to unix:///PATH"},
	{regexp.MustCompile(`^must be DEFAULT or NONE for a Unix socket$`), "use captureMode DEFAULT or NONE, or set port.number"},

	{regexp.MustCompile(`^must be an IP address or a Unix socket: resolution STATIC .*`), "use resolution DNS for names, or write an IP address"},
	{regexp.MustCompile(`^must be an HTTP or TLS protocol, .*`), "use a separate ServiceEntry with an address for each host, or protocol HTTP or TLS if the server speaks it"},
	{regexp.MustCompile(`^must be (SIMPLE, MUTUAL or OPTIONAL_MUTUAL) in a Sidecar$`), "use mode $1"},
	{regexp.MustCompile(`^must be 301, 302, 303, 307 or 308$`), "use 301 or 308 for a permanent redirect, 302 or 307 for a temporary one"},

	// Names and labels.
	{regexp.MustCompile(`^must be ("true" or "false")$`), "write $1"},
	{regexp.MustCompile(`^must be (?:the API group of a )?Service, ServiceEntry, Gateway or GatewayClass$`), "target one of these kinds, or select workloads by their labels with selector"},
	{regexp.MustCompile(`^must be ((?:lower-case )?letters(?:,| and) .+)$`), "use $1"},
	{regexp.MustCompile(`^must be (a label (?:key|value)\b.*|the name of a namespace.*|the kind of .*|the name of an API group.*|a DNS name, .*|a name of .*)$`), "write $1"},
	{regexp.MustCompile(`^must be (\., \*(?:, ~)? or the name of a namespace)$`), "write $1"},
	{regexp.MustCompile(`^must be a header name other than Host and the pseudo-headers$`), "use rewrite to change path and authority"},
	{regexp.MustCompile(`^must be a header name; :authority .*`), "use rewrite to change path and authority"},
	{regexp.MustCompile(`^must be a header name(, or \*)?$`), "use letters, digits and dashes, without spaces and colons"},
	{regexp.MustCompile(`^must be the name of a header: .*`), "use letters, digits and dashes, without spaces and colons"},
	{regexp.MustCompile(`^must be a header value in which each % .*`), "write %% for a percent sign; a variable is written as %REQ(x-id)%"},
	{regexp.MustCompile(`^must be visible characters of ASCII.*`), "remove control characters, other characters than ASCII, and double spaces"},
	{regexp.MustCompile(`^must be (\S+\.io/v1)\b.*`), "write $1"},
	{regexp.MustCompile(`^must be (gateway\.networking\.k8s\.io|networking\.istio\.io), the group of .*`), "write $1"},

	// Values with a form of their field.
	{regexp.MustCompile(`^must be a prefix condition, because redirect\.prefixRewrite .*`), "match uri by prefix, or use redirect.uri"},
	{regexp.MustCompile(`^must be a path that begins with /.*`), "begin the value with a slash"},
	{regexp.MustCompile(`^must be a path of a URL$`), "write a path such as /check, with other characters percent-encoded"},
	{regexp.MustCompile(`^must be a path template: .*`), "write a template such as /api/{*}/items or /static/{**}"},
	{regexp.MustCompile(`^must be an http or https URL$`), "write a URL that begins with https:// or http://"},
	{regexp.MustCompile(`^must be a URI with a scheme and a host$`), "write a URI such as spiffe://cluster.local/ns/shop/sa/web"},
	{regexp.MustCompile(`^must be \*, or http:// or https:// .*`), "write an origin such as https://shop.example.com"},
	{regexp.MustCompile(`^must be base64$`), "encode the body with base64, or use string"},
	{regexp.MustCompile(`^must be Envoy retry conditions .*`), "write conditions such as 5xx,reset,connect-failure"},
	{regexp.MustCompile(`^must be a region, .*`), "write a region such as eu-central"},
	{regexp.MustCompile(`^must be a trust domain, .*`), "write a trust domain such as cluster.local, *.local or prod*"},
	{regexp.MustCompile(`^must have at most one wildcard .*`), "write * once, at the beginning or the end"},
	{regexp.MustCompile(`^must be the name of a service account, .*`), "write NAME or NAMESPACE/NAME; a wildcard needs principals"},
	{regexp.MustCompile(`^must be the name of a gRPC status, .*`), "write a status such as UNAVAILABLE or NOT_FOUND"},
	{regexp.MustCompile(`^must be the name of a gRPC (method|service)\b.*`), "write the name of a $1: letters, digits and underscores"},
	{regexp.MustCompile(`^must be the name of an extension provider in MeshConfig$`), "write the name of a provider in extensionProviders of MeshConfig"},
	{regexp.MustCompile(`^must be Terminate for protocol HTTPS; .*`), "use mode Terminate, or protocol TLS"},
	{regexp.MustCompile(`^must be the path of (.+)$`), "set FIELD to the path of $1"},

	// What is missing: "a fault needs an abort or a delay".
	{regexp.MustCompile(`^a (source|condition|operation) needs at least one field with values: .*`), "add a field with values, or remove the $1"},
	{regexp.MustCompile(`^an (operation) needs at least one field with values: .*`), "add a field with values, or remove the $1"},
	{regexp.MustCompile(`^(?:a|an|the|this|type|mode|protocol|settings|validation)\b.* (?:needs?|must set) (?:[^:]*: )?(.+)$`), "add $1"},
	{regexp.MustCompile(`^consecutiveLocalOriginFailures counts with .*`), "set splitExternalLocalOriginErrors: true, or remove consecutiveLocalOriginFailures"},
	{regexp.MustCompile(`^the port's number must be .*`), "set port.number; for a Unix socket, set 0 and bind to unix:///PATH"},
	{regexp.MustCompile(`^without rules .*; (write a rule \{\} .+)$`), "$1"},
	{regexp.MustCompile(`^.*: use (.+)$`), "use $1"},
}

// advice returns what to do about a mistake: the value that the schema accepts, or the advice for its message, or "".
func advice(m mistake) string {
	return cmp.Or(correction(m), adviceFor(m.words, cmp.Or(m.name, "the field")))
}

// adviceFor returns the advice for a message about a field, or "".
func adviceFor(words, field string) string {
	for _, a := range advices {
		if a.words.MatchString(words) {
			return strings.ReplaceAll(a.words.ReplaceAllString(words, a.advice), "FIELD", field)
		}
	}
	return ""
}
