package suite

import (
	"regexp"

	"sem.example/internal/source"
)

// An operator says how a pattern compares.
type operator uint8

const (
	exact    operator = iota // the text, or the number to the decimals that are written
	regex                    // the whole text fits a regular expression
	absent                   // the field is not set
	present                  // the field is set
	object                   // each named field is so
	list                     // as many elements, each so
	contains                 // for each item there is an element that is so
)

// A pattern says what a value of the trace document should be.
type pattern struct {
	node   *source.Node // where it is written
	is     operator
	text   string         // exact and regex: as written
	expr   *regexp.Regexp // regex
	fields []entry        // object
	items  []*pattern     // list and contains
}

// An entry is a field of an object.
type entry struct {
	name string   // as written
	keys []string // that lead to the field
	key  source.Range
	want *pattern
}
