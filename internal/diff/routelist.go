package diff

import "sem.example/simulate"

// A RouteList is the effective routing of proxies: its JSON form is the document of "sem routes".
type RouteList struct {
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"`
	Groups     []RouteGroup `json:"groups"`
	Assuming   string       `json:"assuming,omitempty"` // what was assumed of the input, in short
	Unread     []string     `json:"unread,omitempty"`   // parts of the input that could not be read
}

// A RouteGroup is proxies that route alike, and how.
type RouteGroup struct {
	Direction   string        `json:"direction"` // outbound or gateway
	Proxies     []string      `json:"proxies"`   // as NAMESPACE/NAME
	NotModelled []string      `json:"notModelled,omitempty"`
	Routes      []ListedRoute `json:"routes"`
}

// A ListedRoute is what happens to the requests to a host that meet all conditions and no route above it.
type ListedRoute struct {
	Host         string              `json:"host"`  // "*" is any host that no other route names
	Hosts        []string            `json:"hosts"` // all names that select the route, without short forms
	Port         uint32              `json:"port"`
	Match        []string            `json:"match,omitempty"` // conditions in words; none is any request
	Never        Absence             `json:"never,omitempty"` // why no request takes it: impossible, covered, or not found
	Verdict      simulate.Verdict    `json:"verdict,omitempty"`
	Destinations []RouteDestination  `json:"destinations,omitempty"`
	Response     *simulate.Response  `json:"response,omitempty"` // of the proxy itself
	Rewrite      *simulate.Rewrite   `json:"rewrite,omitempty"`  // of the request that Command traces
	Headers      *simulate.HeaderOps `json:"headers,omitempty"`
	Policy       *simulate.Policy    `json:"policy,omitempty"`
	Written      *simulate.Place     `json:"written,omitempty"` // the field behind it
	Command      string              `json:"command,omitempty"` // that traces a request which takes it
}

// A RouteDestination is where a share of the requests goes.
type RouteDestination struct {
	Share   float64 `json:"share"` // 0 to 1
	Cluster string  `json:"cluster"`
	Host    string  `json:"host,omitempty"`
	Port    uint32  `json:"port,omitempty"`
	Subset  string  `json:"subset,omitempty"`
	TLS     string  `json:"tls,omitempty"` // the mode; "" where no endpoint is known

	Endpoints   []simulate.Endpoint `json:"-"`
	Passthrough bool                `json:"-"` // the application's own TLS
}
