package source

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/errors"

	"sem.example/internal/lazy"
)

// A cueComplaint puts one of CUE's messages into plain words.
type cueComplaint struct {
	cue     func() *regexp.Regexp
	plain   string // with $1 and so on for what the expression caught
	help    string
	trouble Trouble
}

// The messages that CUE gives for every alternative of a choice that fails, and for the choice.
var (
	conflicting = lazy.Regexp(`^conflicting values (.+) and (.+?)(?: \(mismatched types .+ and .+\))?$`)
	emptyChoice = lazy.Regexp(`^\d+ errors in empty disjunction:?$`)
)

// cueComplaints are looked through in order.
var cueComplaints = []cueComplaint{
	{lazy.Regexp(`^conflicting values (.+) and (.+) \(mismatched types (.+) and (.+)\)$`), "$1 and $2 do not go together: one is of type $3, the other of type $4", "", Conflict},
	{lazy.Regexp(`^conflicting values (.+) and (.+)$`), "it cannot be both $1 and $2", "", Conflict},
	{lazy.Regexp(`^invalid value (.+) \(out of bound (.+)\)$`), "$1 does not meet the constraint $2", "", Conflict},
	{lazy.Regexp(`^invalid value (.+) \(does not satisfy (.+)\)(: .*)?$`), "$1 does not meet the constraint $2$3", "", Conflict},
	{emptyChoice, "no alternative matches", "", Conflict},
	{lazy.Regexp(`^field is required but not present$`), "required field is not set", "set it, or make the constraint on it optional with ? instead of !", NotConcrete},
	{lazy.Regexp(`^(?:invalid interpolation: )?non-concrete value (.+?)(?: \(type .+\))?(?: in operand to .+)?$`), "it is computed from a value that nothing gives; all that is known of that is $1", "", NotConcrete},
	{missingField, "it needs the field $1, which is required and which nothing sets", "", NotConcrete},
	{lazy.Regexp(`^incomplete value (.+)$`), "nothing gives it a value; all that is known of it is $1", "set it, or make it a definition (#name) or a hidden field (_name) if it only serves others", NotConcrete},
	{lazy.Regexp(`^field not allowed$`), "the definition has no such field", "correct the name, or let the definition end in ... if more fields are welcome", Conflict},
	{lazy.Regexp(`^reference "(.+)" not found$`), "nothing is called $1 here", "define it in a file of this package, or import the package that has it", Syntax},
	{lazy.Regexp(`^imported and not used: (.+)$`), "$1 is imported and not used", "remove the import", Syntax},
	{lazy.Regexp(`.*cannot find (?:package|module providing package) "?([^" ]+?)"?(?:@v\d+)?(?::.*)?$`), "the package $1 is not at hand, and sem fetches nothing",
		`keep a copy of it in cue.mod/pkg of the module; the standard library, packages of the same module and the schema of sem are always at hand`, Syntax},
	{lazy.Regexp(`^invalid module file syntax: (.+)$`), "cue.mod/module.cue is not valid: $1", "fix cue.mod/module.cue", Syntax},
	{lazy.Regexp(`.*cannot fetch ([^:]+):.*$`), "the module $1 is not at hand, and sem fetches nothing",
		`keep a copy of its packages in cue.mod/pkg, and take it out of the deps of cue.mod/module.cue`, Syntax},
}

// A cueFault is all that CUE says about one value.
type cueFault struct {
	path   []string
	errors []errors.Error
}

// faults gathers errors by the value that they are about, in their order.
func faults(err error) []*cueFault {
	var all []*cueFault
	for _, e := range errors.Errors(err) {
		path := dataPath(e.Path())
		at := slices.IndexFunc(all, func(f *cueFault) bool { return slices.Equal(f.path, path) })
		if at < 0 || len(path) == 0 {
			at = len(all)
			all = append(all, &cueFault{path: path})
		}
		same := func(old errors.Error) bool { return cueMessage(old) == cueMessage(e) }
		if !slices.ContainsFunc(all[at].errors, same) {
			all[at].errors = append(all[at].errors, e)
		}
	}
	return all
}

// dataPath is the part of a path before the first definition or hidden field: those only serve the value that has them.
func dataPath(path []string) []string {
	for i, step := range path {
		if i > 0 && step != "" && (step[0] == '#' || step[0] == '_') {
			return path[:i]
		}
	}
	return path
}

// lacks reports whether a required field is missing.
func (f *cueFault) lacks() bool {
	return len(f.path) > 0 && cueMessage(f.errors[0]) == "field is required but not present"
}

// open reports whether nothing is wrong but that a value is not known yet.
func (f *cueFault) open() bool {
	return !slices.ContainsFunc(f.errors, func(e errors.Error) bool { return plainly(e).trouble != NotConcrete })
}

// reads is the required field that a value cannot be computed without; "" where that is not what is wrong.
func (f *cueFault) reads() string {
	if found := missingField().FindStringSubmatch(cueMessage(f.errors[0])); found != nil {
		return found[1]
	}
	return ""
}

var missingField = lazy.Regexp(`^required field missing: (.+)$`)

// plainly words one error.
func plainly(e errors.Error) cueComplaint {
	said := cueMessage(e)
	for _, known := range cueComplaints {
		if known.cue().MatchString(said) {
			known.plain = known.cue().ReplaceAllString(said, known.plain)
			return known
		}
	}
	if len(e.Path()) > 0 {
		return cueComplaint{plain: said, trouble: Conflict}
	}
	return cueComplaint{plain: said, trouble: Syntax}
}

// plainest is the error that says most: of those of a choice, one that is about a constraint.
func (f *cueFault) plainest() errors.Error {
	for _, e := range f.errors {
		if said := cueMessage(e); !emptyChoice().MatchString(said) && !conflicting().MatchString(said) {
			return e
		}
	}
	return f.errors[0]
}

// schemaWords are what a constraint of the schema says for itself.
var schemaWords = lazy.Regexp(`^SEM\d+: (.+)`)

// ownWords are the words that a constraint brings along, those of the value itself rather than of what is computed from it.
func (f *cueFault) ownWords() string {
	words := ""
	for _, e := range f.errors {
		if found := schemaWords().FindStringSubmatch(cueMessage(e)); found != nil && (words == "" || len(e.Path()) == len(f.path)) {
			words = found[1]
		}
	}
	return words
}

// chooses reports whether a value would have to be one of several.
func (f *cueFault) chooses() bool {
	return slices.ContainsFunc(f.errors, func(e errors.Error) bool { return emptyChoice().MatchString(cueMessage(e)) })
}

// rivals are the values and types of which a value would have to be one; none where one of them would do but for something
// else.
func (f *cueFault) rivals(value string) []string {
	var found []string
	for _, e := range f.errors {
		said := cueMessage(e)
		switch m := conflicting().FindStringSubmatch(said); {
		case m != nil:
			found = append(found, m[1], m[2])
		case !emptyChoice().MatchString(said):
			return nil
		}
	}
	slices.Sort(found)
	return slices.DeleteFunc(slices.Compact(found), func(text string) bool { return text == value })
}

// loading is what CUE's loader puts before the message of its parser.
var loading = lazy.Regexp(`^cannot get syntax for "[^"]*": `)

// cueMessage is what an error and its causes say, without their places.
func cueMessage(e errors.Error) string {
	var parts []string
	for err := error(e); err != nil; err = errors.Unwrap(err) {
		e, ok := err.(errors.Error)
		if !ok {
			parts = append(parts, err.Error())
			break
		}
		format, args := e.Msg()
		parts = append(parts, fmt.Sprintf(format, args...))
	}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return loading().ReplaceAllString(strings.Join(slices.Compact(parts), ": "), "")
}

// pathOf writes the path of a CUE error as other paths are written.
func pathOf(steps []string) string {
	path := ""
	for _, step := range steps {
		if i, err := strconv.Atoi(step); err == nil && path != "" {
			path = Index(path, i)
			continue
		}
		if s, err := strconv.Unquote(step); err == nil {
			step = s
		}
		path = Join(path, step)
	}
	return path
}
