package schema

import (
	"net/netip"
	"net/url"
	"regexp"
	"time"
	"unicode/utf8"

	"sem.example/internal/source"
)

// A validator accepts what one of CUE's builtin functions returns true for.
type validator struct {
	name  string
	kinds kinds // that it is for
	limit int64 // the argument of those that have one
	test  func(n *source.Node, limit int64) bool
}

func (t validator) accepts(n *source.Node) bool { return t.test(n, t.limit) }

// validators are CUE's validators that the schema uses, by name. They read values as CUE does.
var validators = map[string]func(int64) term{
	"list.MinItems":    sized("list.MinItems", source.List, atLeast),
	"list.MaxItems":    sized("list.MaxItems", source.List, atMost),
	"struct.MinFields": sized("struct.MinFields", source.Map, atLeast),
	"struct.MaxFields": sized("struct.MaxFields", source.Map, atMost),
	"strings.MinRunes": sized("strings.MinRunes", source.String, atLeast),
	"strings.MaxRunes": sized("strings.MaxRunes", source.String, atMost),
	"math.MultipleOf":  func(of int64) term { return validator{"math.MultipleOf", numbers, of, isMultiple} },

	"net.IP":        textual("net.IP", func(s string) bool { _, err := netip.ParseAddr(s); return err == nil }),
	"net.IPCIDR":    textual("net.IPCIDR", func(s string) bool { _, err := netip.ParsePrefix(s); return err == nil }),
	"net.AbsURL":    textual("net.AbsURL", func(s string) bool { u, err := url.Parse(s); return err == nil && u.IsAbs() }),
	"regexp.Valid":  textual("regexp.Valid", func(s string) bool { _, err := regexp.Compile(s); return err == nil }),
	"time.Duration": textual("time.Duration", func(s string) bool { _, ok := measures["time.ParseDuration"](s); return ok }),
}

// measures are the functions that compute a number from a text.
var measures = map[string]func(string) (int64, bool){
	"time.ParseDuration": func(s string) (int64, bool) {
		d, err := time.ParseDuration(s)
		return int64(d), err == nil
	},
}

func sized(name string, kind source.Kind, fits func(size, limit int64) bool) func(int64) term {
	return func(limit int64) term {
		return validator{name, 1 << kind, limit, func(n *source.Node, limit int64) bool { return n.Kind == kind && fits(size(n), limit) }}
	}
}

// size counts the items, fields or characters of a value.
func size(n *source.Node) int64 {
	switch n.Kind {
	case source.List:
		return int64(len(n.Items))
	case source.Map:
		return int64(len(n.Fields))
	}
	return int64(utf8.RuneCountInString(n.Text))
}

func atLeast(size, limit int64) bool { return size >= limit }

func atMost(size, limit int64) bool { return size <= limit }

func isMultiple(n *source.Node, of int64) bool {
	v, ok := number(n)
	return ok && whole(n.Text) && int64(v)%of == 0
}

func textual(name string, test func(string) bool) func(int64) term {
	return func(int64) term {
		return validator{name, strs, 0, func(n *source.Node, _ int64) bool { return n.Kind == source.String && test(n.Text) }}
	}
}
