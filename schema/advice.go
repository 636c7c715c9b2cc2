package schema

import (
	"cmp"
	"regexp"
	"strings"

	"sem.example/internal/lazy"
)

// advices word what to do about a message that the schema or a limit words. The first that matches counts. FIELD is the field,
// and $1 and $2 are groups of the pattern. Where no pattern matches, the fix of the check applies.
var advices = []struct {
	words  func() *regexp.Regexp
	advice string
}{
	// Fields that exclude each other, and fields that do not belong.
	{lazy.Regexp(`^and workloadSelector are mutually exclusive$`), "remove one of them; to use both, write a WorkloadEntry for each endpoint"},
	{lazy.Regexp(`^and (\S+?),? .*are mutually exclusive.*`), "remove FIELD or $1"},
	{lazy.Regexp(`^must be left out: with resolution NONE .*`), "remove FIELD, or use resolution STATIC for IP addresses and DNS for names"},
	{lazy.Regexp(`^must be left out: insecureSkipVerify .*`), "remove insecureSkipVerify to verify the server certificate, or remove FIELD"},
	{lazy.Regexp(`^must be left out(?: unless the port's protocol is HTTPS or TLS|: protocol HTTP is plaintext.*)$`), "set the port's protocol to HTTPS to terminate TLS here, or remove FIELD"},
	{lazy.Regexp(`^must be left out: attempts is 0.*`), "set attempts to 1 or more, or remove FIELD"},
	{lazy.Regexp(`^must be left out: a VirtualService without hosts .*`), "add hosts if this is not a delegate, or remove FIELD"},
	{lazy.Regexp(`^must be left out: a delegate cannot delegate again$`), "write the routes here, or add hosts if this is not a delegate"},
	{lazy.Regexp(`^must be left out: the delegate defines the routes$`), "remove FIELD, or remove delegate"},
	{lazy.Regexp(`^must be left out: the certificates? comes? from credentialName$`), "remove FIELD or credentialName"},
	{lazy.Regexp(`^must be left out: mode SIMPLE does not verify client certificates$`), "use mode MUTUAL to verify client certificates, or remove FIELD"},
	{lazy.Regexp(`^must be left out: (?:the )?(?:filter's |name's |session's )?(type|protocol) is not (\S+)$`), "set the $1 to $2, or remove FIELD"},
	{lazy.Regexp(`^(?:must be left out|is reserved|must be empty).*`), "remove FIELD"},
	{lazy.Regexp(`^is only supported with (.+)$`), "use $1, or remove FIELD"},
	{lazy.Regexp(`^is only supported on (.+)$`), "remove FIELD, which only $1 can have"},
	{lazy.Regexp(`^is not supported with (.+)$`), "remove FIELD, or change the action"},

	// Numbers and lengths.
	{lazy.Regexp(`^is out of range \((\d+) to (\d+)\)$`), "use a number from $1 to $2"},
	{lazy.Regexp(`^is out of range \(0, or (\S+) to (\S+)\)$`), "use 0, or a number from $1 to $2"},
	{lazy.Regexp(`^must be (0) to (\d+)$`), "use a number from $1 to $2"},
	{lazy.Regexp(`^must not be greater than denominator$`), "use a number up to denominator"},
	{lazy.Regexp(`^must not be empty$`), "set a value, or remove FIELD"},
	{lazy.Regexp(`^must have at most \d+ characters?$`), "shorten the value"},
	{lazy.Regexp(`^must have at most (\d+ items?)$`), "keep at most $1, or split the list over several resources"},
	{lazy.Regexp(`^must have at least (.+)$`), "give FIELD at least $1"},
	{lazy.Regexp(`^must be at (least|most) ([^,\s]+)$`), "use a value of at $1 $2"},
	{lazy.Regexp(`^must be at least (\S+), in (.+)$`), "use at least $1, in $2"},
	{lazy.Regexp(`^must be 0s, or at least 1ms in whole milliseconds$`), "use 0s, or at least 1ms"},
	{lazy.Regexp(`^must be (1s to 1h|more than 0s and at most 1h)$`), "use a duration of $1"},
	{lazy.Regexp(`^must be a duration such as (.+?)(?:, in whole numbers)?$`), "write a duration such as $1"},

	// Hosts, addresses and ports.
	{lazy.Regexp(`^must be host or namespace/host.*`), "write the full host name, such as reviews.shop.svc.cluster.local"},
	{lazy.Regexp(`^must be namespace/host.*`), "write NAMESPACE/HOST, ./HOST for the own namespace, or */HOST for all"},
	{lazy.Regexp(`^must be a host name, not an IP address$`), "write a host name"},
	{lazy.Regexp(`^must start with a wildcard: DYNAMIC_DNS .*`), "write a wildcard such as *.example.com, or use resolution DNS"},
	{lazy.Regexp(`^must be a full host name: DNS cannot resolve a wildcard$`), "write the full host name; for a wildcard, use resolution NONE or DYNAMIC_DNS, or list endpoints"},
	{lazy.Regexp(`^must be HTTP, HTTP2, GRPC or TLS: DYNAMIC_DNS .*`), "use protocol HTTP, HTTP2, GRPC or TLS, or another resolution"},
	{lazy.Regexp(`^must be an IP address, a host name or a Unix socket$`), "write an IP address, a host name or unix:///PATH"},
	{lazy.Regexp(`^must be an IP address or a host name that DNS can resolve$`), "write an IP address or a host name"},
	{lazy.Regexp(`^must be (an IP address(?: or a Unix socket| or a range .+)?)$`), "write $1"},
	{lazy.Regexp(`^must be an IP address, or its type must be Hostname$`), "write an IP address, or set type: Hostname"},
	{lazy.Regexp(`^must be (127\.0\.0\.1:port.*)$`), "write $1"},
	{lazy.Regexp(`^must be unix:// and .*`), "write unix:///PATH, or unix://@NAME for an abstract socket"},
	{lazy.Regexp(`^is a Unix socket, which needs port number 0$`), "set port.number to 0, or bind to an IP address"},
	{lazy.Regexp(`^must be a Unix socket when (?:the port number is 0|port\.number is not set)$`), "set port.number, or bind to unix:///PATH"},
	{lazy.Regexp(`^must be DEFAULT or NONE for a Unix socket$`), "use captureMode DEFAULT or NONE, or set port.number"},

	{lazy.Regexp(`^must be an IP address or a Unix socket: resolution STATIC .*`), "use resolution DNS for names, or write an IP address"},
	{lazy.Regexp(`^must be an HTTP or TLS protocol, .*`), "use a separate ServiceEntry with an address for each host, or protocol HTTP or TLS if the server speaks it"},
	{lazy.Regexp(`^must be (SIMPLE, MUTUAL or OPTIONAL_MUTUAL) in a Sidecar$`), "use mode $1"},
	{lazy.Regexp(`^must be 301, 302, 303, 307 or 308$`), "use 301 or 308 for a permanent redirect, 302 or 307 for a temporary one"},

	// Names and labels.
	{lazy.Regexp(`^must be ("true" or "false")$`), "write $1"},
	{lazy.Regexp(`^must be (?:the API group of a )?Service, ServiceEntry, Gateway or GatewayClass$`), "target one of these kinds, or select workloads by their labels with selector"},
	{lazy.Regexp(`^must be ((?:lower-case )?letters(?:,| and) .+)$`), "use $1"},
	{lazy.Regexp(`^must be (a label (?:key|value)\b.*|the name of a namespace.*|the kind of .*|the name of an API group.*|a DNS name, .*|a name of .*)$`), "write $1"},
	{lazy.Regexp(`^must be (\., \*(?:, ~)? or the name of a namespace)$`), "write $1"},
	{lazy.Regexp(`^must be a header name other than Host and the pseudo-headers$`), "use rewrite to change path and authority"},
	{lazy.Regexp(`^must be a header name; :authority .*`), "use rewrite to change path and authority"},
	{lazy.Regexp(`^must be a header name(, or \*)?$`), "use letters, digits and dashes, without spaces and colons"},
	{lazy.Regexp(`^must be the name of a header: .*`), "use letters, digits and dashes, without spaces and colons"},
	{lazy.Regexp(`^must be a header value in which each % .*`), "write %% for a percent sign; a variable is written as %REQ(x-id)%"},
	{lazy.Regexp(`^must be visible characters of ASCII.*`), "remove control characters, other characters than ASCII, and double spaces"},
	{lazy.Regexp(`^must be (\S+\.io/v1(?:alpha1)?)\b.*`), "write $1"},
	{lazy.Regexp(`^must be (gateway\.networking\.k8s\.io|networking\.istio\.io), the group of .*`), "write $1"},

	// Values with a form of their field.
	{lazy.Regexp(`^must be a prefix condition, because redirect\.prefixRewrite .*`), "match uri by prefix, or use redirect.uri"},
	{lazy.Regexp(`^must be a path that begins with /.*`), "begin the value with a slash"},
	{lazy.Regexp(`^must be a path of a URL$`), "write a path such as /check, with other characters percent-encoded"},
	{lazy.Regexp(`^must be a path template: .*`), "write a template such as /api/{*}/items or /static/{**}"},
	{lazy.Regexp(`^must be an http or https URL$`), "write a URL that begins with https:// or http://"},
	{lazy.Regexp(`^must be a URI with a scheme and a host$`), "write a URI such as spiffe://cluster.local/ns/shop/sa/web"},
	{lazy.Regexp(`^must be \*, or http:// or https:// .*`), "write an origin such as https://shop.example.com"},
	{lazy.Regexp(`^must be base64$`), "encode the body with base64, or use string"},
	{lazy.Regexp(`^must be Envoy retry conditions .*`), "write conditions such as 5xx,reset,connect-failure"},
	{lazy.Regexp(`^must be a region, .*`), "write a region such as eu-central"},
	{lazy.Regexp(`^must be a trust domain, .*`), "write a trust domain such as cluster.local, *.local or prod*"},
	{lazy.Regexp(`^must have at most one wildcard .*`), "write * once, at the beginning or the end"},
	{lazy.Regexp(`^must be the name of a service account, .*`), "write NAME or NAMESPACE/NAME; a wildcard needs principals"},
	{lazy.Regexp(`^must be the name of a gRPC status, .*`), "write a status such as UNAVAILABLE or NOT_FOUND"},
	{lazy.Regexp(`^must be the name of a gRPC (method|service)\b.*`), "write the name of a $1: letters, digits and underscores"},
	{lazy.Regexp(`^must be the name of an extension provider in MeshConfig$`), "write the name of a provider in extensionProviders of MeshConfig"},
	{lazy.Regexp(`^must be Terminate for protocol HTTPS; .*`), "use mode Terminate, or protocol TLS"},
	{lazy.Regexp(`^must be the path of (.+)$`), "set FIELD to the path of $1"},

	// What is missing: "a fault needs an abort or a delay".
	{lazy.Regexp(`^a (source|condition|operation) needs at least one field with values: .*`), "add a field with values, or remove the $1"},
	{lazy.Regexp(`^an (operation) needs at least one field with values: .*`), "add a field with values, or remove the $1"},
	{lazy.Regexp(`^(?:a|an|the|this|type|mode|protocol|settings|validation)\b.* (?:needs?|must set) (?:[^:]*: )?(.+)$`), "add $1"},
	{lazy.Regexp(`^consecutiveLocalOriginFailures counts with .*`), "set splitExternalLocalOriginErrors: true, or remove consecutiveLocalOriginFailures"},
	{lazy.Regexp(`^the port's number must be .*`), "set port.number; for a Unix socket, set 0 and bind to unix:///PATH"},
	{lazy.Regexp(`^without rules .*; (write a rule \{\} .+)$`), "$1"},
	{lazy.Regexp(`^.*: use (.+)$`), "use $1"},
}

// advice returns what to do about a mistake: the value that the schema accepts, or the advice for its message, or "".
func advice(m mistake) string {
	return cmp.Or(correction(m), adviceFor(m.words, cmp.Or(m.name, "the field")))
}

// adviceFor returns the advice for a message about a field, or "".
func adviceFor(words, field string) string {
	for _, a := range advices {
		if a.words().MatchString(words) {
			return strings.ReplaceAll(a.words().ReplaceAllString(words, a.advice), "FIELD", field)
		}
	}
	return ""
}
