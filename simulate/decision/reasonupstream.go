package decision

// Why a cluster, an endpoint and the TLS towards it are chosen, or none are.
type (
	// ClusterKind describes a cluster.
	ClusterKind struct {
		Subset     string
		Resolution string
		External   bool
	}
	// MissingCluster is a cluster that does not exist or, with Refused, that Envoy does not run.
	MissingCluster struct {
		Name, Refused string
		Destination   Destination // what its name says that it leads to
	}
	// NoTarget is a route that forwards nothing; Action is whether it has an action that could.
	NoTarget struct{ Action bool }
	// NoEndpoint is a cluster without an endpoint that may be used.
	NoEndpoint struct{ Cluster string }
	// UpstreamTLS is the encryption towards the upstream.
	UpstreamTLS struct {
		TLS   *TLS
		Match string // the transport socket match that chose it, "" for none
	}
	// EndpointChoice is how the endpoints are chosen.
	EndpointChoice struct {
		Endpoints  []string // addresses with ports
		Resolution string
		Balancer   string
		HashKey    string
		Standby    Standby
		AnyHost    bool // an original destination, whatever the Host header
		TLSOn80    bool // TLS to port 80
	}
	// ConnectionLimits and OutlierLimits are settings of a cluster, name and value.
	ConnectionLimits struct{ Settings [][2]string }
	OutlierLimits    struct{ Settings [][2]string }
	// IdleTimeout closes a silent connection.
	IdleTimeout struct{ Shared bool } // that of the first of several destinations holds for all
	// OwnTLSInMutual is the application's TLS inside the mesh's mutual TLS.
	OwnTLSInMutual struct{}
	// DoubleTLS is the application's TLS inside TLS of the proxy.
	DoubleTLS struct{}
	// Unmatched is a destination that no rule is about.
	Unmatched struct{}
)

// Standby counts the endpoints of a cluster that receive nothing.
type Standby struct {
	Unhealthy     int
	LowerPriority int // healthy, but of a lower priority than those in use
	Repeated      int // with the address of an endpoint before them: Envoy keeps that one
}

func (ClusterKind) reason()      {}
func (MissingCluster) reason()   {}
func (NoTarget) reason()         {}
func (NoEndpoint) reason()       {}
func (UpstreamTLS) reason()      {}
func (EndpointChoice) reason()   {}
func (ConnectionLimits) reason() {}
func (OutlierLimits) reason()    {}
func (IdleTimeout) reason()      {}
func (OwnTLSInMutual) reason()   {}
func (DoubleTLS) reason()        {}
func (Unmatched) reason()        {}
