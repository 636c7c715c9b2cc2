package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/pipeline"
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
	flags.StringVar(&f.from, "from", "", "`WORKLOAD` of the client: NAMESPACE/NAME, NAME.NAMESPACE or KIND/NAME of the input, or any name")
	flags.StringVar(&f.gateway, "gateway", "", "`WORKLOAD` of a gateway, named as with --from: its Pods, Deployment, Service or Gateway")
	flags.StringToStringVar(&f.labels, "labels", nil, "`LABELS` of the workload, a=b,c=d (default: those of the input)")
	flags.StringSliceVar(&f.ips, "ip", nil, "`ADDRESS` of the workload (repeatable)")
	checkedVar(flags, &f.locality, "locality", isLocality, "`LOCALITY` of the workload, REGION/ZONE/SUBZONE")
	checkedVar(flags, &f.network, "network", isName, "`NETWORK` of the workload")
	checkedVar(flags, &f.serviceAccount, "service-account", isName, "service `ACCOUNT` of the workload")
	flags.BoolVar(&f.dnsCapture, "dns-capture", false, "the proxy answers DNS queries of the workload (DNS capture)")
	checkedVar(flags, &f.version, "proxy-version", isVersion, "Istio `VERSION` that the proxy reports (default: the value of --istio)")
	flags.StringToStringVar(&f.metadata, "node-metadata", nil, "node metadata that the proxy reports, `KEY=VALUE` (repeatable)")
	titled(cmd, "Proxy")
	cmd.MarkFlagsMutuallyExclusive("from", "gateway")
}

// proxy is the proxy that the flags describe, not named yet.
func (f *proxyFlags) proxy() simulate.Proxy {
	p := simulate.Proxy{
		Type: "sidecar", Labels: f.labels, IPs: f.ips, Locality: f.locality, Network: f.network,
		ServiceAccount: f.serviceAccount, DNSCapture: f.dnsCapture,
		Version: f.version, Metadata: f.metadata,
	}
	if f.gateway != "" {
		p.Type = "gateway"
	}
	return p
}

// check reports what is wrong with the flags, whatever the input.
func (f *proxyFlags) check() error {
	flag := "--from"
	if f.gateway != "" {
		flag = "--gateway"
	}
	if err := pipeline.CheckName(f.from + f.gateway); err != nil {
		return fmt.Errorf("%s %w", flag, err)
	}
	return nil
}

// A namer finds workloads by what people call them.
type namer interface {
	Named(p simulate.Proxy, text, namespace string) (simulate.Proxy, error)
}

// in finds the proxy that the flags name in an input; without a name it is an application in the default namespace.
func (f *proxyFlags) in(world namer, namespace string) (simulate.Proxy, error) {
	return world.Named(f.proxy(), f.from+f.gateway, namespace)
}

// dumped is the proxy that the flags name of a dump, which holds no workloads to find it among.
func (f *proxyFlags) dumped(namespace string) simulate.Proxy {
	name := f.from + f.gateway
	if name == "" {
		return simulate.Proxy{}
	}
	p := f.proxy()
	ns, base, found := strings.Cut(name, "/")
	if !found {
		ns, base = namespace, name
	}
	p.Namespace, p.Name = ns, base
	return p
}
