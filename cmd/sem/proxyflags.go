package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/simulate"
)

// proxyFlags say which proxy is asked about.
type proxyFlags struct {
	from, gateway  string
	labels         map[string]string
	ips            []string
	locality       string
	network        string
	serviceAccount string
	dnsCapture     bool
	version        string
	metadata       map[string]string
}

func (f *proxyFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", "", "`WORKLOAD` of the client, NAMESPACE/NAME: a Pod, Deployment or WorkloadEntry of the input, or any name")
	flags.StringVar(&f.gateway, "gateway", "", "`WORKLOAD` of a gateway, NAMESPACE/NAME: its Pods, Deployment or Service")
	flags.StringToStringVar(&f.labels, "labels", nil, "`LABELS` of the workload, a=b,c=d (default: those of the input)")
	flags.StringSliceVar(&f.ips, "ip", nil, "`ADDRESS` of the workload (repeatable)")
	flags.StringVar(&f.locality, "locality", "", "`LOCALITY` of the workload, REGION/ZONE/SUBZONE")
	flags.StringVar(&f.network, "network", "", "`NETWORK` of the workload")
	flags.StringVar(&f.serviceAccount, "service-account", "", "service `ACCOUNT` of the workload")
	flags.BoolVar(&f.dnsCapture, "dns-capture", false, "the proxy answers the workload's DNS queries")
	flags.StringVar(&f.version, "proxy-version", "", "Istio `VERSION` that the proxy reports (default: the release in force)")
	flags.StringToStringVar(&f.metadata, "node-metadata", nil, "node metadata that the proxy reports, `KEY=VALUE` (repeatable)")
	titled(cmd, "Which proxy")
	cmd.MarkFlagsMutuallyExclusive("from", "gateway")
}

// proxy is the proxy that the flags name; without a name it is an application in the default namespace.
func (f *proxyFlags) proxy(namespace string) (simulate.Proxy, error) {
	p := simulate.Proxy{
		Type: "sidecar", Namespace: namespace, Name: "application",
		Labels: f.labels, IPs: f.ips, Locality: f.locality, Network: f.network,
		ServiceAccount: f.serviceAccount, DNSCapture: f.dnsCapture,
		Version: f.version, Metadata: f.metadata,
	}
	name, flag := f.from, "--from"
	if f.gateway != "" {
		p.Type, name, flag = "gateway", f.gateway, "--gateway"
	}
	if name == "" {
		return p, nil
	}
	ns, base, found := strings.Cut(name, "/")
	if !found {
		ns, base = namespace, name
	}
	if ns == "" || base == "" || strings.Contains(base, "/") {
		return p, fmt.Errorf("%s %q does not name a workload: write NAMESPACE/NAME, for example default/web", flag, name)
	}
	p.Namespace, p.Name = ns, base
	return p, nil
}
