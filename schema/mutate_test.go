package schema

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sem.example/internal/source"
)

// values are what mutations put in place of a value: the edges of what fields take.
var values = []source.Node{
	{Kind: source.Null}, {Kind: source.Bool, Text: "true"}, {Kind: source.Bool, Text: "false"},
	{Kind: source.Number, Text: "0"}, {Kind: source.Number, Text: "1"}, {Kind: source.Number, Text: "-1"}, {Kind: source.Number, Text: "0.5"},
	{Kind: source.Number, Text: "1.0"}, {Kind: source.Number, Text: "65536"}, {Kind: source.Number, Text: "4294967296"}, {Kind: source.Number, Text: "18446744073709551616"},
	{Kind: source.Number, Text: "1e3"}, {Kind: source.String}, {Kind: source.String, Text: "*"}, {Kind: source.String, Text: "a"}, {Kind: source.String, Text: "a.b"},
	{Kind: source.String, Text: "*.a.b"}, {Kind: source.String, Text: "10.0.0.1"}, {Kind: source.String, Text: "::1"}, {Kind: source.String, Text: "10.0.0.0/8"},
	{Kind: source.String, Text: "unix:///a"}, {Kind: source.String, Text: "unix:///"}, {Kind: source.String, Text: "5s"}, {Kind: source.String, Text: "0s"},
	{Kind: source.String, Text: "1us"}, {Kind: source.String, Text: "8080"}, {Kind: source.String, Text: "TCP"}, {Kind: source.String, Text: "https"},
	{Kind: source.String, Text: "MUTUAL"}, {Kind: source.String, Text: "DNS"}, {Kind: source.String, Text: "DYNAMIC_DNS"}, {Kind: source.String, Text: "a/b"},
	{Kind: source.String, Text: "(a"}, {Kind: source.String, Text: "%A%"}, {Kind: source.String, Text: "100%"}, {Kind: source.String, Text: "http://a/b"},
	{Kind: source.String, Text: "{**}/{*}"}, {Kind: source.String, Text: "source.ip"}, {Kind: source.String, Text: "a_b"}, {Kind: source.String, Text: "5xx,503"},
	{Kind: source.String, Text: strings.Repeat("a", 64)}, {Kind: source.String, Text: strings.Repeat("a.", 200)}, {Kind: source.String, Text: strings.Repeat("a", 3000)},
	{Kind: source.List}, {Kind: source.Map},
}

// strange are names that no map of the schema has.
var strange = []string{"bogus", "", "a:b", "_hidden", "#Port", "10.0.0.1", "x*", "a b"}

// mutant returns a copy of a tree with a change at one place of it.
func mutant(n *source.Node, rnd *rand.Rand) *source.Node {
	c := *n
	switch {
	case n.Kind == source.Map && len(n.Fields) > 0 && rnd.IntN(4) > 0:
		c.Fields = slices.Clone(n.Fields)
		i := rnd.IntN(len(c.Fields))
		switch rnd.IntN(10) {
		case 0:
			c.Fields = slices.Delete(c.Fields, i, i+1)
		case 1:
			c.Fields[i].Key = strange[rnd.IntN(len(strange))]
		case 2:
			key := strange[rnd.IntN(len(strange))]
			if n.Get(key) == nil {
				c.Fields = append(c.Fields, source.Field{Key: key, Value: &values[rnd.IntN(len(values))]})
			}
		default:
			c.Fields[i].Value = mutant(c.Fields[i].Value, rnd)
		}
		return &c
	case n.Kind == source.List && len(n.Items) > 0 && rnd.IntN(4) > 0:
		c.Items = slices.Clone(n.Items)
		i := rnd.IntN(len(c.Items))
		if rnd.IntN(8) == 0 {
			c.Items = slices.Delete(c.Items, i, i+1)
		} else {
			c.Items[i] = mutant(c.Items[i], rnd)
		}
		return &c
	}
	return &values[rnd.IntN(len(values))]
}

// addField returns a copy of a tree in which one map has one more field that the schema knows.
func addField(n *source.Node, t term, rnd *rand.Rand) *source.Node {
	s := structural(t)
	if n.Kind == source.List && len(n.Items) > 0 {
		c := *n
		c.Items = slices.Clone(n.Items)
		i := rnd.IntN(len(c.Items))
		c.Items[i] = addField(c.Items[i], itemOf(t), rnd)
		return &c
	}
	if s == nil || n.Kind != source.Map || len(s.fields) == 0 {
		return n
	}
	c := *n
	c.Fields = slices.Clone(n.Fields)
	f := s.fields[rnd.IntN(len(s.fields))]
	if have := n.Get(f.name); have != nil {
		for i := range c.Fields {
			if c.Fields[i].Key == f.name {
				c.Fields[i].Value = addField(have, f.term, rnd)
			}
		}
		return &c
	}
	c.Fields = append(c.Fields, source.Field{Key: f.name, Value: sample(f.term, rnd)})
	return &c
}

// sample returns a value that has the form of a term, without regard to its limits.
func sample(t term, rnd *rand.Rand) *source.Node {
	if s := structural(t); s != nil {
		n := &source.Node{Kind: source.Map}
		for _, f := range s.fields {
			if f.required || rnd.IntN(4) == 0 {
				n.Fields = append(n.Fields, source.Field{Key: f.name, Value: sample(f.term, rnd)})
			}
		}
		return n
	}
	if item := itemOf(t); item != nil {
		return &source.Node{Kind: source.List, Items: []*source.Node{sample(item, rnd)}}
	}
	if words := choices(t); len(words) > 0 {
		return &source.Node{Kind: source.String, Text: words[rnd.IntN(len(words))]}
	}
	for range 20 {
		if v := &values[rnd.IntN(len(values))]; t.accepts(v) {
			return v
		}
	}
	return &values[rnd.IntN(len(values))]
}

// TestAgreeMutants compares the checker with CUE on documents that are wrong at random.
func TestAgreeMutants(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 1
	}
	for _, c := range Checks() {
		docs, _ := source.Parse(&source.File{Name: c.ID, Data: []byte(c.Right)})
		agreeMutants(t, c.ID, docs[0], rounds)
	}
}

func agreeMutants(t *testing.T, name string, doc *source.Document, rounds int) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, uint64(len(name))))
	for range rounds {
		m := *doc
		for range 1 + rnd.IntN(3) {
			m.Root = addField(m.Root, named{define("#" + Definition(doc))}, rnd)
		}
		agree(t, name, &m)
		m.Root = mutant(m.Root, rnd)
		agree(t, name, &m)
	}
}
