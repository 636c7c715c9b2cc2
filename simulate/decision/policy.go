package decision

import (
	"google.golang.org/protobuf/types/known/durationpb"
)

// Policy is what limits, repeats, copies or disturbs a request on its way. Durations are in Go's form ("5s").
type Policy struct {
	Timeout          string            `json:"timeout,omitempty"`     // "" is none
	MaxDuration      string            `json:"maxDuration,omitempty"` // of a stream, whatever flows; "" is none
	Retries          *Retries          `json:"retries,omitempty"`
	Fault            *Fault            `json:"fault,omitempty"`
	Mirrors          []Mirror          `json:"mirrors,omitempty"`
	LoadBalancer     string            `json:"loadBalancer,omitempty"`
	HashKey          string            `json:"hashKey,omitempty"` // what a consistent hash hashes
	ConnectionPool   map[string]string `json:"connectionPool,omitempty"`
	OutlierDetection map[string]string `json:"outlierDetection,omitempty"`
	IdleTimeout      string            `json:"idleTimeout,omitempty"` // of a TCP connection
	RateLimits       []RateLimit       `json:"rateLimits,omitempty"`
}

// Retries is the retry policy in force.
type Retries struct {
	Attempts      uint32   `json:"attempts"` // repetitions after the first try
	On            []string `json:"on"`
	StatusCodes   []uint32 `json:"statusCodes,omitempty"`
	PerTryTimeout string   `json:"perTryTimeout,omitempty"`
	OnTimeout     bool     `json:"onTimeout,omitempty"` // an attempt that takes longer than perTryTimeout is repeated
}

// Fault is what is injected, with its share of the requests (0 to 1).
type Fault struct {
	AbortStatus int     `json:"abortStatus,omitempty"`
	AbortShare  float64 `json:"abortShare,omitempty"`
	Delay       string  `json:"delay,omitempty"`
	DelayShare  float64 `json:"delayShare,omitempty"`
}

// A Mirror receives a copy of a share of the requests.
type Mirror struct {
	Cluster string  `json:"cluster"`
	Share   float64 `json:"share"`
	Suffix  string  `json:"suffix,omitempty"` // what is appended to the host that the copy asks for
}

// FormatDuration is a duration in Go's form; none and zero, which switch a timeout off, are "".
func FormatDuration(d *durationpb.Duration) string {
	if d.AsDuration() == 0 {
		return ""
	}
	return d.AsDuration().String()
}
