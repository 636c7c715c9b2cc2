package suite

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// maxRequests is how many requests the lists of one case may come to.
const maxRequests = 10_000

// A choice is a field of a request with the values that it takes in turn.
type choice struct {
	key     string
	options []option
}

// An option is one value of a field.
type option struct {
	text string // for the name of the request
	set  func(*simulate.Call)
}

// shorthands are the fields of a request that stand for a part of one that --batch reads. They are set after the others.
var shorthands = map[string]func(c *simulate.Call, value string){
	"from":    func(c *simulate.Call, v string) { proxy(c, "sidecar", v) },
	"gateway": func(c *simulate.Call, v string) { proxy(c, "gateway", v) },
	"host":    func(c *simulate.Call, v string) { c.URL = withHost(c.URL, v) },
	"path":    func(c *simulate.Call, v string) { c.URL = withPath(c.URL, v) },
}

// proxy names the proxy that is asked as it was written. Without a namespace, [named] finds it in the configuration.
func proxy(c *simulate.Call, kind, name string) {
	c.Proxy.Type, c.Proxy.Namespace, c.Proxy.Name = kind, "", name
}

// named finds the workload that a request names in the configuration.
func named(world *pipeline.World, c simulate.Call, namespace string) (simulate.Call, error) {
	if c.Proxy.Namespace != "" || c.Proxy.Name == "" {
		return c, nil
	}
	var err error
	c.Proxy, err = world.Named(c.Proxy, c.Proxy.Name, cmp.Or(namespace, "default"))
	return c, err
}

// shorthand returns what sets a shorthand.
func (r *reader) shorthand(key string, n *source.Node) (func(*simulate.Call), error) {
	if n.Kind >= source.List {
		return nil, fmt.Errorf("%s is a text, not a %s", key, n.Kind)
	}
	value := r.doc.ScalarText(n)
	if key == "from" || key == "gateway" {
		if err := pipeline.CheckName(value); err != nil {
			return nil, fmt.Errorf("%s %w", key, err)
		}
	}
	return func(c *simulate.Call) { shorthands[key](c, value) }, nil
}

// withHost gives a URL another host, and port where the host has one.
func withHost(url, host string) string {
	scheme, _, path := splitURL(url)
	return scheme + host + path
}

// withPath gives a URL another path and query.
func withPath(url, path string) string {
	scheme, host, _ := splitURL(url)
	return scheme + host + "/" + strings.TrimPrefix(path, "/")
}

// splitURL cuts a URL into its scheme with "://", its host with the port, and its path with the query.
func splitURL(url string) (scheme, host, path string) {
	scheme, rest, found := strings.Cut(url, "://")
	if !found {
		scheme, rest = "http", url
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return scheme + "://", rest[:i], rest[i:]
	}
	return scheme + "://", rest, "/"
}

// requests are those that a case's request and the file's common one come to: of each list one value.
func (r *reader) requests(own *source.Node) []Request {
	var choices []choice
	for _, f := range r.joined(own) {
		if c := (choice{key: f.Key, options: r.options(f)}); len(c.options) > 0 {
			choices = append(choices, c)
		}
	}
	slices.SortStableFunc(choices, func(a, b choice) int { return rank(a.key) - rank(b.key) })
	n := 1
	for _, c := range choices {
		if n *= len(c.options); n > maxRequests {
			r.fault(own.Range, "the lists of this request come to more than %d requests", maxRequests)
			return nil
		}
	}
	out := make([]Request, n)
	for i := range out {
		out[i] = combine(choices, i)
	}
	return out
}

// rank puts shorthands behind the fields that they change.
func rank(key string) int {
	if shorthands[key] != nil {
		return 1
	}
	return 0
}

// joined are the fields of the common request, with those of the case's own in place of them.
func (r *reader) joined(own *source.Node) []source.Field {
	if own.Kind != source.Map {
		r.fault(own.Range, "a request is a map, not a %s", own.Kind)
		return nil
	}
	var fields []source.Field
	if r.common != nil {
		for _, f := range r.common.Fields {
			if own.Get(f.Key) == nil && !replaced(own, f.Key) {
				fields = append(fields, f)
			}
		}
	}
	return append(fields, own.Fields...)
}

// replaced reports whether a case names its proxy in other words than the common request.
func replaced(own *source.Node, key string) bool {
	ways := []string{"proxy", "from", "gateway"}
	return slices.Contains(ways, key) && slices.ContainsFunc(ways, func(way string) bool { return own.Get(way) != nil })
}

// combine makes the i-th request of all combinations, the last list turning fastest.
func combine(choices []choice, i int) Request {
	picks := make([]option, len(choices))
	for k := len(choices) - 1; k >= 0; k-- {
		n := len(choices[k].options)
		picks[k], i = choices[k].options[i%n], i/n
	}
	var out Request
	var names []string
	for k, o := range picks {
		o.set(&out.Call)
		if len(choices[k].options) > 1 {
			names = append(names, o.text)
		}
	}
	out.Name = strings.Join(names, " ")
	return out
}

// options are the values of a field. Where a request has one value, each item of a list is one; headers, which are a map,
// may be a list of maps.
func (r *reader) options(f source.Field) []option {
	var out []option
	for _, n := range alternatives(f.Value) {
		if n.Kind == source.Null {
			continue
		}
		set, err := r.setter(f.Key, n)
		if err != nil {
			r.fault(n.Range, "%v", err)
			continue
		}
		out = append(out, option{text: r.label(f.Key, n), set: set})
	}
	return out
}

// label is a value in the name of a request.
func (r *reader) label(key string, n *source.Node) string {
	switch {
	case n.Kind < source.List:
		return r.doc.ScalarText(n)
	case len(n.Fields) == 0:
		return "no " + key
	case key == "proxy":
		return n.StringAt("namespace") + "/" + n.StringAt("name")
	}
	var parts []string
	for _, f := range n.Fields {
		var values []string
		for _, v := range alternatives(f.Value) {
			values = append(values, r.doc.ScalarText(v))
		}
		parts = append(parts, r.key(f)+"="+strings.Join(values, ","))
	}
	return strings.Join(parts, ",")
}

// setter returns what sets a field of a call to a value, decoded as a request of "sem trace --batch" is.
func (r *reader) setter(key string, n *source.Node) (func(*simulate.Call), error) {
	if shorthands[key] != nil {
		return r.shorthand(key, n)
	}
	if _, err := new(simulate.Trace).Value("call", key); err != nil {
		return nil, fmt.Errorf("a request has no field %q: %s", key, among(key, requestFields()))
	}
	value := n.AppendJSON(nil)
	if key == "headers" && n.Kind == source.Map {
		value = r.headers(n)
	}
	data := fmt.Appendf(nil, "{%q: %s}", key, value)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(new(simulate.Call)); err != nil {
		return nil, fmt.Errorf("%s: %w", key, plainly(err))
	}
	return func(c *simulate.Call) { _ = json.Unmarshal(data, c) }, nil
}

// requestFields are the names that the fields of a request have.
func requestFields() []string {
	return append(slices.Sorted(maps.Keys(shorthands)), jsonNames(reflect.TypeFor[simulate.Call]())...)
}

// headers writes headers as --batch has them, where a header may also have its only value without a list.
func (r *reader) headers(n *source.Node) []byte {
	all := map[string][]string{}
	for _, f := range n.Fields {
		all[r.key(f)] = r.texts(f.Value, "a header's value")
	}
	out, _ := json.Marshal(all)
	return out
}

// plainly returns what is wrong with a value without the words of the decoder.
func plainly(err error) error {
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
		return fmt.Errorf("it takes a %s, not %s", typeWord(wrong.Type), given(wrong.Value))
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// given is what JSON calls a value, in the words of YAML.
func given(value string) string {
	switch word, _, _ := strings.Cut(value, " "); word {
	case "object":
		return "a map"
	case "array":
		return "a list"
	case "bool":
		return "a boolean"
	default:
		return "a " + word
	}
}

func typeWord(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "string (in quotes)"
	case reflect.Bool:
		return "boolean"
	case reflect.Slice:
		return "list"
	case reflect.Map, reflect.Struct:
		return "map"
	}
	return "number"
}
