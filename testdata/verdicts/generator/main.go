// Command judge makes verdict rows of Gateway API documents by mutation.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
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

func judge(doc map[string]any) (string, []string) {
	v := crds[fmt.Sprint(doc["kind"], "@", doc["apiVersion"])]
	if v == nil {
		return "error", []string{"no such version"}
	}
	o := clone(doc).(map[string]any)
	var why []string
	for _, p := range pruning.PruneWithOptions(o, v.s, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		why = append(why, "unknown field "+p)
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
		why = append(why, e.Error())
	}
	if len(why) > 0 {
		return "error", why
	}
	return "ok", nil
}

var edge = []any{"", "*", "a", "A", "a.b", "*.a.b", "a.*", "10.0.0.1", "::1", "5s", "0s", "1us", "1.5s", "10m", "HTTP", "HTTPS", "TLS", "TCP", "UDP", "Exact", "PathPrefix", "RegularExpression",
	"Hostname", "URI", "System", "Service", "Gateway", "networking.istio.io", "/a", "/a//b", "/a/../b", "/a/.", "a b", "(a", "x y", "Terminate", "Passthrough", "GET", "get", "-a", "a-", "a_b",
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
		var x any
		must(json.Unmarshal(s.Enum[r.IntN(len(s.Enum))].Raw, &x))
		return ints(x)
	}
	for range 30 {
		if x, ok := edge[r.IntN(len(edge))].(string); ok && (s.MaxLength == nil || int64(len(x)) <= *s.MaxLength) && x != "" && len(x) < 30 {
			return x
		}
	}
	return "a"
}

// judge SEED ROWS DIR < seeds.yaml
func main() {
	base := os.Args[4]
	load(base)
	var seed, rows int
	fmt.Sscan(os.Args[1], &seed)
	fmt.Sscan(os.Args[2], &rows)
	text, err := os.ReadFile(os.Args[3])
	must(err)
	byKind := map[string][]map[string]any{}
	for _, part := range strings.Split(string(text), "\n---\n") {
		var d map[string]any
		must(yaml.Unmarshal([]byte(part), &d))
		if d == nil {
			continue
		}
		ints(d)
		if v, why := judge(d); v != "ok" {
			fmt.Fprintln(os.Stderr, "seed", d["kind"], d["metadata"], why)
		}
		byKind[d["kind"].(string)] = append(byKind[d["kind"].(string)], d)
	}
	r := rand.New(rand.NewPCG(uint64(seed), 7))
	for _, kind := range keysOf(byKind) {
		f, err := os.Create(filepath.Join(os.Args[5], strings.ToLower(kind)+".jsonl"))
		must(err)
		seen := map[string]bool{}
		count := map[string]int{}
		id := 0
		for tries := 0; id < rows && tries < rows*60; tries++ {
			d := byKind[kind][r.IntN(len(byKind[kind]))]
			v := crds[fmt.Sprint(d["kind"], "@", d["apiVersion"])]
			spec := v.props.Properties["spec"]
			n := clone(d).(map[string]any)
			for range 1 + r.IntN(3) {
				n["spec"] = mutate(n["spec"], &spec, r)
			}
			if _, ok := n["spec"].(map[string]any); !ok {
				continue
			}
			b, _ := json.Marshal(n)
			if seen[string(b)] || len(b) > 4000 {
				continue
			}
			seen[string(b)] = true
			verdict, why := judge(n)
			if count[verdict] >= rows*6/10 {
				continue
			}
			count[verdict]++
			id++
			row := map[string]any{"document": n, "id": fmt.Sprintf("%s-%04d", strings.ToLower(kind), id), "verdict": verdict, "why": map[string]string{}}
			if len(why) > 0 {
				row["why"] = map[string]string{"crd": strings.Join(why, "\n")}
			}
			out, _ := json.Marshal(row)
			f.Write(append(out, '\n'))
		}
		f.Close()
		fmt.Fprintln(os.Stderr, kind, count)
	}
}

func keysOf(m map[string][]map[string]any) []string {
	var k []string
	for x := range m {
		k = append(k, x)
	}
	sort.Strings(k)
	return k
}
