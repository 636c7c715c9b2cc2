package mcp

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// input is what is read; every tool about a mesh has it.
type input struct {
	Paths     []string `json:"paths,omitempty" jsonschema:"files or folders with the configuration, read recursively; default: the folders of the server"`
	World     string   `json:"world,omitempty" jsonschema:"the kustomization or alternative that is meant, where the paths hold several"`
	Namespace string   `json:"namespace,omitempty" jsonschema:"namespace of resources without one"`
	Istio     string   `json:"istio,omitempty" jsonschema:"release of Istio, for example 1.30; default: the newest"`
}

// flags are those of the input, paths included as values of a flag.
func (in input) flags(f *folders) ([]string, error) {
	paths, err := f.all(in.Paths)
	if err != nil {
		return nil, err
	}
	var args []string
	for _, path := range paths {
		args = append(args, "--filename="+path)
	}
	return append(args, in.options()...), nil
}

func (in input) options() []string {
	return slices.Concat(flag("world", in.World), flag("namespace", in.Namespace), flag("istio", in.Istio))
}

// proxy is the proxy that is asked about.
type proxy struct {
	From    string `json:"from,omitempty" jsonschema:"the client workload, NAMESPACE/NAME; default: a workload of the input, which the answer names"`
	Gateway string `json:"gateway,omitempty" jsonschema:"the workload of a gateway, NAMESPACE/NAME, instead of from: the request then arrives at the gateway"`
}

func (p proxy) flags() []string {
	return slices.Concat(flag("from", p.From), flag("gateway", p.Gateway))
}

// flag is a flag with its value, or nothing. One argument holds both: no value is taken for another flag.
func flag(name string, values ...string) []string {
	var args []string
	for _, v := range values {
		if v != "" {
			args = append(args, "--"+name+"="+v)
		}
	}
	return args
}

type validateInput struct {
	input
	Registry string `json:"registry,omitempty" jsonschema:"closed: a host that the input does not define is an error; open: it is unknown"`
	Baseline string `json:"baseline,omitempty" jsonschema:"report only what is new since a git revision: git:HEAD"`
	All      bool   `json:"all,omitempty" jsonschema:"all findings of a check, not only the first 200"`
}

func validate(f *folders, in validateInput) ([]string, error) {
	args, err := in.input.flags(f)
	if err != nil {
		return nil, err
	}
	if in.Baseline != "" && !strings.HasPrefix(in.Baseline, "git:") {
		return nil, fmt.Errorf("baseline %q: use git:REVISION", in.Baseline)
	}
	args = slices.Concat(args, flag("registry", in.Registry), flag("baseline", in.Baseline))
	if in.All {
		args = append(args, "--all")
	}
	return args, nil
}

type traceInput struct {
	input
	proxy
	URL     string            `json:"url" jsonschema:"http://reviews:9080/path, https://…, grpc://HOST:PORT/SERVICE/METHOD, tcp://HOST:PORT or tls://HOST"`
	Method  string            `json:"method,omitempty" jsonschema:"HTTP method; default: GET, and POST for grpc:// URLs"`
	Headers map[string]string `json:"headers,omitempty" jsonschema:"headers of the request"`
	Why     bool              `json:"why,omitempty" jsonschema:"also show the rejected candidates and why"`
}

func trace(f *folders, in traceInput) ([]string, error) {
	args, err := in.input.flags(f)
	if err != nil {
		return nil, err
	}
	args = append(args, in.proxy.flags()...)
	for _, name := range slices.Sorted(maps.Keys(in.Headers)) {
		args = append(args, "--header="+name+": "+in.Headers[name])
	}
	if in.Why {
		args = append(args, "--why")
	}
	if in.URL == "" {
		return nil, fmt.Errorf("url is required, for example http://reviews:9080/")
	}
	return slices.Concat(args, flag("request", in.Method), []string{"--", in.URL}), nil
}

type diffInput struct {
	Old       string   `json:"old,omitempty" jsonschema:"a path, or git:REVISION or git:REVISION:PATH; default: git:HEAD"`
	New       string   `json:"new,omitempty" jsonschema:"a path; default: the folder of the server"`
	From      []string `json:"from,omitempty" jsonschema:"only these client workloads, NAMESPACE/NAME"`
	Gateway   []string `json:"gateway,omitempty" jsonschema:"only these gateways, NAMESPACE/NAME"`
	For       string   `json:"for,omitempty" jsonschema:"only requests to this host"`
	Namespace string   `json:"namespace,omitempty" jsonschema:"namespace of resources without one"`
}

func diff(f *folders, in diffInput) ([]string, error) {
	args := slices.Concat(flag("from", in.From...), flag("gateway", in.Gateway...), flag("for", in.For), flag("namespace", in.Namespace), []string{"--"})
	for _, side := range []string{in.Old, cmp.Or(in.New, f.first())} {
		if side == "" {
			continue // git:HEAD is what the command compares with
		}
		path, err := f.revision(side)
		if err != nil {
			return nil, err
		}
		args = append(args, path)
	}
	return args, nil
}

type renderInput struct {
	input
	proxy
	Type string `json:"type,omitempty" jsonschema:"listeners, routes, clusters, endpoints or all"`
	FQDN string `json:"fqdn,omitempty" jsonschema:"only resources of this service: reviews.shop.svc.cluster.local"`
	Name string `json:"name,omitempty" jsonschema:"only the resource of this name"`
}

func render(f *folders, in renderInput) ([]string, error) {
	args, err := in.input.flags(f)
	if err != nil {
		return nil, err
	}
	if in.Type == "bootstrap" {
		return nil, fmt.Errorf("type %q: use listeners, routes, clusters, endpoints or all", in.Type)
	}
	return slices.Concat(args, in.proxy.flags(), flag("type", in.Type), flag("fqdn", in.FQDN), flag("name", in.Name)), nil
}

type testInput struct {
	Paths []string `json:"paths,omitempty" jsonschema:"files or folders with request tests; default: the folders of the server"`
	Run   string   `json:"run,omitempty" jsonschema:"only tests whose name matches this regular expression"`
}

func test(f *folders, in testInput) ([]string, error) {
	paths, err := f.all(in.Paths)
	if err != nil {
		return nil, err
	}
	return slices.Concat([]string{"--verbose"}, flag("run", in.Run), []string{"--"}, paths), nil
}

type explainInput struct {
	Topic string `json:"topic" jsonschema:"a check (SEM140), a code of istioctl analyze or Kiali (IST0134, KIA1104), or a field (virtualservice.spec.http.retries)"`
}

func explain(_ *folders, in explainInput) ([]string, error) { return []string{"--", in.Topic}, nil }
