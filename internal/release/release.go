package release

import (
	"fmt"
	"slices"
	"strings"
)

// names are the releases that are known, the newest first.
var names = []string{"1.32", "1.31", "1.30", "1.29", "1.28"}

// Names returns the releases that are known, the newest first.
func Names() []string { return slices.Clone(names) }

// A Release is a release of Istio, with the settings by which its user changes single behaviours. The zero Release is the
// newest one with its defaults.
type Release struct {
	age     int                // how many releases there are after it
	changed map[Behaviour]bool // what the environment of istiod sets
}

// Parse returns the release of a name such as 1.30. A patch number counts for nothing.
func Parse(name string) (Release, error) {
	short := strings.TrimPrefix(name, "v")
	if parts := strings.SplitN(short, ".", 3); len(parts) == 3 {
		short = parts[0] + "." + parts[1]
	}
	age := slices.Index(names, short)
	if age < 0 {
		return Release{}, fmt.Errorf("the Istio release %q is not known: use one of %s", name, strings.Join(names, ", "))
	}
	return Release{age: age}, nil
}

// As returns the release of a name, with the behaviours that were set.
func (r Release) As(name string) (Release, error) {
	out, err := Parse(name)
	out.changed = r.changed
	return out, err
}

// String returns the name of the release, such as 1.30.
func (r Release) String() string { return names[r.age] }

// Newest reports whether it is the newest release with its defaults.
func (r Release) Newest() bool { return r.age == 0 && len(r.changed) == 0 }

// Has reports whether the release has a behaviour.
func (r Release) Has(b Behaviour) bool {
	if set, ok := r.changed[b]; ok {
		return set
	}
	return table[b].Kind != OptIn && (r.age == 0 || r.since(table[b].Since))
}

// since reports whether the release is at least as new as a named one.
func (r Release) since(name string) bool { return r.age <= slices.Index(names, name) }

// With returns the release as it is with variables of istiod's environment, each NAME=VALUE. A variable that governs no
// row of the table is an error.
func (r Release) With(env []string) (Release, error) {
	for _, e := range env {
		name, value, found := strings.Cut(e, "=")
		on, isBool := map[string]bool{"true": true, "1": true, "false": false, "0": false}[strings.ToLower(value)]
		at := slices.IndexFunc(table, func(c Change) bool { return c.Env != "" && c.Env == name })
		switch {
		case !found || name == "":
			return r, fmt.Errorf("%q does not set a variable: write NAME=VALUE, for example %s=false", e, variables()[0])
		case at < 0:
			return r, fmt.Errorf("the variable %s of istiod is not modelled: use one of %s", name, strings.Join(variables(), ", "))
		case !isBool:
			return r, fmt.Errorf("the variable %s is true or false, not %q", name, value)
		}
		changed := map[Behaviour]bool{}
		for b, set := range r.changed {
			changed[b] = set
		}
		changed[Behaviour(at)] = on
		r.changed = changed
	}
	return r, nil
}

// A Reading is what a release makes of a field.
type Reading int

// The readings.
const (
	Honoured Reading = iota
	Ignored          // it is admitted and has no effect
	Unknown          // the release has no such field
)

// Reads returns what the release makes of a field of the API, by its full name, and the row that says so.
func (r Release) Reads(field string) (Reading, Change) {
	b, ok := fields[field]
	switch {
	case !ok || r.Has(b):
		return Honoured, Change{}
	case table[b].Ignored != "" && r.since(table[b].Ignored):
		return Ignored, table[b]
	}
	return Unknown, table[b]
}

// fields are the rows of fields, by full name.
var fields = func() map[string]Behaviour {
	out := map[string]Behaviour{}
	for b, c := range table {
		if c.Field != "" {
			out[c.Field] = Behaviour(b)
		}
	}
	return out
}()

func variables() []string {
	var out []string
	for _, c := range table {
		if c.Env != "" {
			out = append(out, c.Env)
		}
	}
	return out
}
