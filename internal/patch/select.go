package patch

import (
	"cmp"
	"errors"
	"regexp"
	"slices"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/source"
)

// The operations and contexts of patches, by the names that EnvoyFilters give them.
const (
	add                 = networking.EnvoyFilter_Patch_ADD
	remove              = networking.EnvoyFilter_Patch_REMOVE
	replace             = networking.EnvoyFilter_Patch_REPLACE
	merge               = networking.EnvoyFilter_Patch_MERGE
	mergeAndReplaceList = networking.EnvoyFilter_Patch_MERGE_AND_REPLACE_LIST
	insertFirst         = networking.EnvoyFilter_Patch_INSERT_FIRST
	insertBefore        = networking.EnvoyFilter_Patch_INSERT_BEFORE
	insertAfter         = networking.EnvoyFilter_Patch_INSERT_AFTER
)

// A Context is the traffic that a resource is for, as patches name it.
type Context = networking.EnvoyFilter_PatchContext

// The contexts.
const (
	Any      Context = networking.EnvoyFilter_ANY
	Inbound  Context = networking.EnvoyFilter_SIDECAR_INBOUND
	Outbound Context = networking.EnvoyFilter_SIDECAR_OUTBOUND
	Gateway  Context = networking.EnvoyFilter_GATEWAY
)

// ProxyAttributes are what patches ask of a proxy.
type ProxyAttributes struct {
	Version  string            // of Istio, "1.32.0"; "" where the proxy does not say it
	Metadata map[string]string // of its node
}

// A Patch is one entry of the configPatches of an EnvoyFilter.
type Patch struct {
	Filter    *config.Object // the EnvoyFilter
	Field     string         // "spec.configPatches[2]"
	ApplyTo   networking.EnvoyFilter_ApplyTo
	Operation networking.EnvoyFilter_Patch_Operation

	match *networking.EnvoyFilter_EnvoyConfigObjectMatch // never nil
	value proto.Message                                  // of the type that ApplyTo names; nil where the patch has none
}

// A Recorder learns of each change: the address of what a patch added or changed, and the patch.
type Recorder func(at envoy.Addr, p *Patch)

// Patches are the patches that act on one proxy. A nil value has none.
type Patches struct {
	byTarget map[networking.EnvoyFilter_ApplyTo][]*Patch
	Options
	record Recorder // learns of each change; may be nil
	order  orderer  // learns of the order of lists that have changed; may be nil
}

// Ports returns the ports of a gateway's servers that lead to a port of its listeners. A nil function stands for the
// ports themselves.
type Ports func(listener uint32) []uint32

// Hosts returns the hosts of the services that lead to a port of the workload: the names of its inbound clusters hold none.
type Hosts func(port uint32) []string

// Options are what patches need to know of the proxy's resources and of its istiod. Each may be zero.
type Options struct {
	Ports           Ports
	Hosts           Hosts
	LongExpressions bool // istiod compares a proxyVersion of any length, as older releases do
}

// Select returns the patches of the EnvoyFilters that act on a proxy, in the order in which istiod applies them. The
// filters are those that are attached to the proxy's workload. A patch whose value cannot be read is left out, as istiod
// leaves it out.
func Select(attached []*config.Object, rootNamespace string, proxy ProxyAttributes, opts Options) *Patches {
	filters := slices.Clone(attached)
	slices.SortStableFunc(filters, func(a, b *config.Object) int { return order(a, b, rootNamespace) })
	out := &Patches{byTarget: map[networking.EnvoyFilter_ApplyTo][]*Patch{}, Options: opts}
	for _, f := range filters {
		for i := range config.Spec[*networking.EnvoyFilter](f).GetConfigPatches() {
			p, err := newPatch(f, i)
			if err == nil && p.concerns(proxy, opts) {
				out.byTarget[p.ApplyTo] = append(out.byTarget[p.ApplyTo], p)
			}
		}
	}
	return out
}

// order compares two EnvoyFilters by when istiod applies them.
func order(a, b *config.Object, rootNamespace string) int {
	x, y := config.Spec[*networking.EnvoyFilter](a), config.Spec[*networking.EnvoyFilter](b)
	return cmp.Or(
		cmp.Compare(x.GetPriority(), y.GetPriority()),
		-compareBool(a.Namespace == rootNamespace, b.Namespace == rootNamespace),
		config.Compare(a, b),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

var errNoPatch = errors.New("the entry has no patch")

// newPatch reads the i-th patch of an EnvoyFilter.
func newPatch(filter *config.Object, i int) (*Patch, error) {
	written := config.Spec[*networking.EnvoyFilter](filter).GetConfigPatches()[i]
	if written.GetPatch() == nil {
		return nil, errNoPatch
	}
	p := &Patch{
		Filter: filter, Field: source.Index("spec.configPatches", i),
		ApplyTo: written.GetApplyTo(), Operation: written.GetPatch().GetOperation(), match: written.GetMatch(),
	}
	if p.match == nil {
		p.match = &networking.EnvoyFilter_EnvoyConfigObjectMatch{}
	}
	if p.inserts() && !ordered(p.ApplyTo) {
		p.Operation = add
	}
	var err error
	p.value, err = valueOf(written)
	return p, err
}

func (p *Patch) inserts() bool {
	return p.Operation == insertFirst || p.Operation == insertBefore || p.Operation == insertAfter
}

func (p *Patch) merges() bool { return p.Operation == merge || p.Operation == mergeAndReplaceList }

// ordered reports whether the place of a resource among its siblings matters: elsewhere an INSERT is an ADD.
func ordered(to networking.EnvoyFilter_ApplyTo) bool {
	switch to {
	case networking.EnvoyFilter_LISTENER_FILTER, networking.EnvoyFilter_NETWORK_FILTER,
		networking.EnvoyFilter_HTTP_FILTER, networking.EnvoyFilter_HTTP_ROUTE:
		return true
	}
	return false
}

// maxVersionExpression is the length from which istiod ignores a patch for the expression of its proxyVersion.
const maxVersionExpression = 1024

// concerns reports whether the patch is for a proxy of that version and metadata.
func (p *Patch) concerns(proxy ProxyAttributes, opts Options) bool {
	asked := p.match.GetProxy()
	if expression := asked.GetProxyVersion(); expression != "" {
		if len(expression) > maxVersionExpression && !opts.LongExpressions || proxy.Version == "" {
			return false
		}
		// An expression that does not compile is refused at admission; istiod would apply the patch to every proxy.
		if re, err := regexp.Compile(expression); err == nil && !re.MatchString(proxy.Version) {
			return false
		}
	}
	for key, value := range asked.GetMetadata() {
		if proxy.Metadata[key] != value {
			return false
		}
	}
	return true
}

// to returns the patches of a kind of resource that are for a context.
func (s *Patches) to(target networking.EnvoyFilter_ApplyTo, context Context) []*Patch {
	if s == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.byTarget[target]), func(p *Patch) bool { return !p.in(context) })
}

// in reports whether the patch is for traffic of a context.
func (p *Patch) in(context Context) bool {
	return p.match.GetContext() == Any || p.match.GetContext() == context
}

// adds reports whether the patch adds a resource of its own to a context. One for any context adds it to outbound traffic
// and to gateways only.
func (p *Patch) adds(context Context) bool {
	return p.Operation == add && p.value != nil && p.in(context) && (p.match.GetContext() != Any || context != Inbound)
}

// An orderer learns how the members of a list are numbered, in their new order: those from before by their place then, and added ones
// after them.
type orderer func(list envoy.Addr, numbers []int)

// ordered records the order of a list, if it has changed.
func (s *Patches) ordered(list envoy.Addr, numbers []int) {
	for i, n := range numbers {
		if s.order != nil && i != n {
			s.order(list, numbers)
			return
		}
	}
}

// changed records a change.
func (s *Patches) changed(p *Patch, at envoy.Addr) {
	if s.record != nil {
		s.record(at, p)
	}
}
