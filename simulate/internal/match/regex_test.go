package match

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestManyGroups: the memory that an expression takes does not grow with its groups times its states.
func TestManyGroups(t *testing.T) {
	text := FullRegex(strings.Repeat("(a|b)*", 20_000))
	if !text.Test("abba") || text.Test("abc") {
		t.Error("an expression of many groups matches otherwise than one of few")
	}
	re, err := Compile(strings.Repeat("(a|b)", 60), 9)
	if err != nil || re.NumSubexp() != 9 {
		t.Fatal(re, err)
	}
	if got := re.ReplaceAllString(strings.Repeat("ab", 30), "$9$2"); got != "ab" {
		t.Errorf("%q instead of the two groups", got)
	}
}

// TestOpenQuotation: a quotation ends with its expression, as in Envoy, and what Envoy does not load matches nothing.
func TestOpenQuotation(t *testing.T) {
	if text := FullRegex(`/\Qa.b`); !text.Test("/a.b") || text.Test("/axb") {
		t.Error("a quotation that is not closed matches otherwise than its text")
	}
	if text := FullRegex(`/a)|(?:/b`); text.Test("/a") || text.Test("/b") {
		t.Error("what is no expression matches")
	}
}

// TestManyLarge: thousands of expressions that grow by repetition are not all held at once.
func TestManyLarge(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var all []Text
	for i := range 300 {
		all = append(all, FullRegex(fmt.Sprintf("((((x{1,10}){1,10}){1,10}){1,1})%d", i)))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := (after.HeapAlloc - before.HeapAlloc) / uint64(len(all)); held > 20<<10 && after.HeapAlloc > before.HeapAlloc {
		t.Errorf("an expression holds %d bytes", held)
	}
	if !all[7].Test("xxx7") || all[7].Test("xxx8") {
		t.Error("an expression that is not kept matches otherwise")
	}
}
