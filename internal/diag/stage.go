package diag

// A Stage is the decision about a call that the findings of a check explain, in the words of the steps of a trace. Every check
// names one, or [NoStage].
type Stage string

// The stages, in the order in which a proxy takes the decisions.
const (
	NoStage       Stage = "none" // the findings are about documents and explain no call
	AtListener    Stage = "listener"
	AtFilterChain Stage = "filterChain"
	AtVirtualHost Stage = "virtualHost"
	AtRoute       Stage = "route"
	AtFault       Stage = "fault"
	AtRedirect    Stage = "redirect"
	AtRewrite     Stage = "rewrite"
	AtRetries     Stage = "retries"
	AtMirror      Stage = "mirror"
	AtCluster     Stage = "cluster"
	AtTLS         Stage = "tls"
	AtEndpoint    Stage = "endpoint"
)

// Stages lists the stages at which a finding may show, all but [NoStage].
var Stages = []Stage{
	AtListener, AtFilterChain, AtVirtualHost, AtRoute, AtFault, AtRedirect, AtRewrite, AtRetries, AtMirror, AtCluster, AtTLS, AtEndpoint,
}

// A Condition narrows down the calls that the findings of a check explain. The empty one is for every call that the field of
// the finding decides about.
type Condition string

// The conditions.
const (
	Observed         Condition = "observed"         // simulation sees the mistake in this very call
	NoRouteMatched   Condition = "noRouteMatched"   // no route matches the call
	TLSInTLS         Condition = "tlsInTLS"         // the application of the call speaks TLS, and the proxy encrypts it again
	NoPlaintextToTLS Condition = "noPlaintextToTLS" // the call is not one that sends plaintext to a port of TLS, for which another check has more to say
)
