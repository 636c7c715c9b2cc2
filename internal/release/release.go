package release

import (
	"fmt"
	"maps"
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
	ignored []string           // NAME=VALUE of its environment that is not modelled
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
	out.changed, out.ignored = r.changed, r.ignored
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

// Set returns the release with a behaviour turned on or off.
func (r Release) Set(b Behaviour, on bool) Release {
	changed := maps.Clone(r.changed)
	if changed == nil {
		changed = map[Behaviour]bool{}
	}
	changed[b] = on
	r.changed = changed
	return r
}

// IsSet reports whether a behaviour was set, instead of being that of the release.
func (r Release) IsSet(b Behaviour) bool {
	_, set := r.changed[b]
	return set
}

// Compatible returns the release as it is with compatibilityVersion in the values of its chart: what a variable of istiod
// governs and what is newer than that version is off. What was set before stays.
func (r Release) Compatible(version string) (Release, error) {
	minor, ok := minorOf(version)
	if !ok {
		return r, fmt.Errorf("%q is not a release of Istio, such as %s", version, names[1])
	}
	for at, c := range table {
		since, _ := minorOf(c.Since)
		if b := Behaviour(at); c.Env != "" && c.Kind != OptIn && since > minor && r.Has(b) && !r.IsSet(b) {
			r = r.Set(b, false)
		}
	}
	return r, nil
}

// Between returns the behaviours that only one of two releases has, the oldest first.
func Between(a, b Release) []Behaviour {
	var out []Behaviour
	for at := range table {
		if b1 := Behaviour(at); a.Has(b1) != b.Has(b1) {
			out = append(out, b1)
		}
	}
	slices.SortStableFunc(out, func(x, y Behaviour) int {
		return slices.Index(names, table[y].Since) - slices.Index(names, table[x].Since)
	})
	return out
}

// Change returns the row of the behaviour.
func (b Behaviour) Change() Change { return table[b] }

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
		for _, f := range c.Fields {
			out[f] = Behaviour(b)
		}
	}
	return out
}()
