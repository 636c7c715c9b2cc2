// Command verdicts makes rows of documents of the Gateway API, each with the verdict of Kubernetes' own validation, by mutation of right
// ones: first every change of one place, of which it keeps those that are rejected or admitted for a reason that few rows have, then
// changes at random.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

type version struct {
	s     *structuralschema.Structural
	v     validation.SchemaValidator
	cel   *cel.Validator
	props *v1.JSONSchemaProps
}

var crds = map[string]*version{} // kind@group/version

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func load(dir string) {
	names, _ := filepath.Glob(dir + "/*.yaml")
	for _, n := range names {
		data, err := os.ReadFile(n)
		must(err)
		var c v1.CustomResourceDefinition
		if yaml.Unmarshal(data, &c) != nil || c.Kind != "CustomResourceDefinition" {
			continue
		}
		for i := range c.Spec.Versions {
			ver := &c.Spec.Versions[i]
			if !ver.Served || ver.Schema == nil {
				continue
			}
			var in apiextensions.JSONSchemaProps
			must(v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(ver.Schema.OpenAPIV3Schema, &in, nil))
			s, err := structuralschema.NewStructural(&in)
			must(err)
			val, _, err := validation.NewSchemaValidator(&in)
			must(err)
			crds[c.Spec.Names.Kind+"@"+c.Spec.Group+"/"+ver.Name] = &version{s, val, cel.NewValidator(s, true, celconfig.PerCallLimit), ver.Schema.OpenAPIV3Schema}
		}
	}
}

func clone(x any) any {
	b, _ := json.Marshal(x)
	var y any
	must(json.Unmarshal(b, &y))
	return ints(y)
}

// ints turns whole numbers to int64, as the API server decodes.
func ints(x any) any {
	switch x := x.(type) {
	case map[string]any:
		for k, v := range x {
			x[k] = ints(v)
		}
	case []any:
		for i, v := range x {
			x[i] = ints(v)
		}
	case float64:
		if x == float64(int64(x)) {
			return int64(x)
		}
	}
	return x
}

// A reason is why a document is rejected: in words, and as a key that the same reason has for other items and values.
type reason struct{ words, key string }

var indices = regexp.MustCompile(`\[[^]]*\]`)

func judge(doc map[string]any) (string, []reason) {
	v := crds[fmt.Sprint(doc["kind"], "@", doc["apiVersion"])]
	if v == nil {
		return "error", []reason{{"no such version", "version"}}
	}
	o := clone(doc).(map[string]any)
	var why []reason
	for _, p := range pruning.PruneWithOptions(o, v.s, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		why = append(why, reason{"unknown field " + p, "unknown field"})
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(o, v.s)
	defaulting.Default(o, v.s)
	errs := validation.ValidateCustomResource(nil, o, v.v)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, v.s, o)...)
	if len(errs) == 0 {
		e, _ := v.cel.Validate(context.Background(), nil, v.s, o, nil, celconfig.RuntimeCELCostBudget)
		errs = append(errs, e...)
	}
	for _, e := range errs {
		key := indices.ReplaceAllString(e.Field, "[]") + " " + string(e.Type)
		key = strings.Replace(key, "backendRefs[].filters", "filters", 1) // which have one schema
		if e.Type == field.ErrorTypeInvalid {
			key += e.Detail
		}
		why = append(why, reason{e.Error(), key})
	}
	if len(why) > 0 {
		return "error", why
	}
	return "ok", nil
}

var edge = []any{"", "*", "a", "A", "a.b", "*.a.b", "a.*", "10.0.0.1", "::1", "5s", "0s", "1us", "1.5s", "10m", "HTTP", "HTTPS", "TLS", "TCP", "UDP", "Exact", "PathPrefix", "RegularExpression",
	"Hostname", "URI", "System", "Service", "Gateway", "networking.istio.io", "/a", "/a//b", "/a/../b", "/a/./b", "/a/.", "/a/..", "/a%2Fb", "/a%2fb", "/a#b", "/a%zz", "/a|b", "/a.b/%20", "a b", "(a", "x y", "Terminate", "Passthrough", "GET", "get", "-a", "a-", "a_b",
	"http://a.b", "https://*.a.b:80", "example.com/x", "RequestRedirect", "URLRewrite", "RequestHeaderModifier", "CORS", "spiffe://a/b", "All", "Same", "Selector", "None",
	strings.Repeat("a", 64), strings.Repeat("a", 254), strings.Repeat("a", 1025), strings.Repeat("ab.", 60) + "a", int64(0), int64(1), int64(-1), int64(80), int64(101), int64(404), int64(302), int64(600), int64(65536), int64(1000001), 0.5, true, false, []any{}, map[string]any{}}

func mutate(n any, s *v1.JSONSchemaProps, r *rand.Rand) any {
	if s == nil {
		s = &v1.JSONSchemaProps{}
	}
	switch n := n.(type) {
	case map[string]any:
		keys := make([]string, 0, len(n))
		for k := range n {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		c := map[string]any{}
		for k, v := range n {
			c[k] = v
		}
		switch p := r.IntN(12); {
		case p == 0 && len(keys) > 0:
			delete(c, keys[r.IntN(len(keys))])
		case p == 1:
			c["bogus"] = edge[r.IntN(len(edge))]
		case p <= 4 && len(s.Properties) > 0:
			var ps []string
			for k := range s.Properties {
				ps = append(ps, k)
			}
			sort.Strings(ps)
			k := ps[r.IntN(len(ps))]
			if k != "status" {
				q := s.Properties[k]
				c[k] = sample(&q, r)
			}
		case len(keys) > 0:
			k := keys[r.IntN(len(keys))]
			q := s.Properties[k]
			if len(s.Properties) == 0 && s.AdditionalProperties != nil {
				q = *s.AdditionalProperties.Schema
			}
			c[k] = mutate(c[k], &q, r)
		}
		return c
	case []any:
		c := append([]any{}, n...)
		var item *v1.JSONSchemaProps
		if s.Items != nil {
			item = s.Items.Schema
		}
		switch p := r.IntN(10); {
		case p == 0 && len(c) > 0:
			i := r.IntN(len(c))
			c = append(c[:i], c[i+1:]...)
		case p == 1 && len(c) > 0:
			c = append(c, clone(c[r.IntN(len(c))]))
		case p == 2 && item != nil:
			c = append(c, sample(item, r))
		case p == 3 && len(c) > 0 && r.IntN(3) == 0:
			for len(c) < []int{9, 17, 33, 65}[r.IntN(4)] {
				c = append(c, clone(c[0]))
			}
		case len(c) > 0:
			i := r.IntN(len(c))
			c[i] = mutate(c[i], item, r)
		}
		return c
	}
	if r.IntN(3) > 0 && s.Type != "" {
		return sample(s, r)
	}
	return edge[r.IntN(len(edge))]
}

func decoded(text []byte) any {
	var x any
	must(json.Unmarshal(text, &x))
	return ints(x)
}

// sample returns a value of the form of a schema.
func sample(s *v1.JSONSchemaProps, r *rand.Rand) any {
	switch s.Type {
	case "object":
		m := map[string]any{}
		for _, k := range s.Required {
			q := s.Properties[k]
			m[k] = sample(&q, r)
		}
		var ps []string
		for k := range s.Properties {
			ps = append(ps, k)
		}
		sort.Strings(ps)
		for _, k := range ps {
			if q := s.Properties[k]; m[k] == nil && r.IntN(4) == 0 {
				m[k] = sample(&q, r)
			}
		}
		if s.AdditionalProperties != nil && r.IntN(2) == 0 {
			m[[]string{"a", "example.com/a", "A/b", "a b"}[r.IntN(4)]] = sample(s.AdditionalProperties.Schema, r)
		}
		return m
	case "array":
		l := []any{}
		for range 1 + r.IntN(2) {
			l = append(l, sample(s.Items.Schema, r))
		}
		return l
	case "integer":
		return []any{int64(1), int64(80), int64(0), int64(100), int64(404), int64(302), int64(70000)}[r.IntN(7)]
	case "boolean":
		return r.IntN(2) == 0
	}
	if len(s.Enum) > 0 && r.IntN(6) > 0 {
		return decoded(s.Enum[r.IntN(len(s.Enum))].Raw)
	}
	for range 30 {
		if x, ok := edge[r.IntN(len(edge))].(string); ok && (s.MaxLength == nil || int64(len(x)) <= *s.MaxLength) && x != "" && len(x) < 30 {
			return x
		}
	}
	return "a"
}

// A generator writes the rows of one kind.
type generator struct {
	kind    string
	seeds   []map[string]any
	out     *os.File
	seen    map[string]bool // documents
	reasons map[string]int  // rows for each
	count   map[string]int  // rows of each verdict
}

// Limits of the size of a document, and of the rows that have the same reason or change the same place.
const (
	largest       = 6000
	perReason     = 1
	admittedThere = 1
)

// changes adds each change of one place that few rows have.
func (g *generator) changes(document map[string]any, r *rand.Rand) {
	spec := crds[fmt.Sprint(document["kind"], "@", document["apiVersion"])].props.Properties["spec"]
	variants(document["spec"], &spec, "spec", r, func(place string, value any) {
		n := clone(document).(map[string]any)
		n["spec"] = clone(value)
		g.add(n, func(verdict string, why []reason) bool {
			if verdict == "ok" {
				return g.first(place, admittedThere)
			}
			return slices.ContainsFunc(why, func(w reason) bool { return g.first(w.key, perReason) })
		})
	})
}

func (g *generator) first(key string, most int) bool {
	g.reasons[key]++
	return g.reasons[key] <= most
}

// random adds documents with one to three changes, of which at most six in ten have one verdict.
func (g *generator) random(rows int, r *rand.Rand) {
	added := map[string]int{}
	for tries := 0; added["ok"]+added["error"] < rows && tries < rows*60; tries++ {
		d := g.seeds[r.IntN(len(g.seeds))]
		spec := crds[fmt.Sprint(d["kind"], "@", d["apiVersion"])].props.Properties["spec"]
		n := clone(d).(map[string]any)
		for range 1 + r.IntN(3) {
			n["spec"] = mutate(n["spec"], &spec, r)
		}
		if _, ok := n["spec"].(map[string]any); !ok {
			continue
		}
		g.add(n, func(verdict string, _ []reason) bool {
			if added[verdict] >= rows*6/10 {
				return false
			}
			added[verdict]++
			return true
		})
	}
}

// add writes a row for a document that is new, unless its verdict is not wanted.
func (g *generator) add(document map[string]any, wanted func(verdict string, why []reason) bool) {
	text, err := json.Marshal(document)
	must(err)
	if g.seen[string(text)] || len(text) > largest {
		return
	}
	g.seen[string(text)] = true
	verdict, why := judge(document)
	if !wanted(verdict, why) {
		return
	}
	line, err := json.Marshal(g.newRow(document, verdict, why))
	g.count[verdict]++
	must(err)
	_, err = g.out.Write(append(line, '\n'))
	must(err)
}

// seeds reads documents, by kind.
func seeds(name string) map[string][]map[string]any {
	text, err := os.ReadFile(name)
	must(err)
	byKind := map[string][]map[string]any{}
	for part := range strings.SplitSeq(string(text), "\n---\n") {
		var d map[string]any
		must(yaml.Unmarshal([]byte(part), &d))
		if d == nil {
			continue
		}
		ints(d)
		kind := d["kind"].(string)
		byKind[kind] = append(byKind[kind], d)
	}
	return byKind
}

// verdicts SEED ROWS SEEDS CRDS OUT
func main() {
	var seed uint64
	var rows int
	fmt.Sscan(os.Args[1], &seed)
	fmt.Sscan(os.Args[2], &rows)
	load(os.Args[4])
	byKind := seeds(os.Args[3])
	r := rand.New(rand.NewPCG(seed, 7))
	for _, kind := range keysOf(byKind) {
		out, err := os.Create(filepath.Join(os.Args[5], strings.ToLower(kind)+".jsonl"))
		must(err)
		g := &generator{kind, byKind[kind], out, map[string]bool{}, map[string]int{}, map[string]int{}}
		for _, d := range byKind[kind] {
			g.add(d, func(string, []reason) bool { return true })
			if verdict, _ := judge(d); verdict == "ok" {
				g.changes(d, r)
			}
		}
		g.random(rows, r)
		must(out.Close())
		fmt.Fprintln(os.Stderr, kind, g.count)
	}
}
