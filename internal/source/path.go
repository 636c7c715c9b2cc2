package source

import (
	"strconv"
	"strings"
)

// A path names a field of a document the way users write it: "spec.http[0].match[1].headers.x-user". A key that
// holds a dot or a bracket is written in brackets and quotes: `metadata.labels["app.kubernetes.io/name"]`.

// Join appends a key to a path.
func Join(path, key string) string {
	if strings.ContainsAny(key, `.[]"`) || key == "" {
		return path + "[" + strconv.Quote(key) + "]"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// Index appends a position in a list to a path.
func Index(path string, i int) string {
	return path + "[" + strconv.Itoa(i) + "]"
}

// A Step is one step of a path: a key, or a position in a list (then Key is "").
type Step struct {
	Key   string
	Index int
}

// Steps returns the steps of a path.
func Steps(path string) []Step {
	var steps []Step
	for path != "" {
		var s Step
		s.Key, s.Index, path = segment(path)
		steps = append(steps, s)
	}
	return steps
}

// Around returns the path of the map or list that a field is in; "" for a field at the top.
func Around(path string) string {
	steps := Steps(path)
	around := ""
	for _, s := range steps[:max(len(steps)-1, 0)] {
		if s.Key == "" && s.Index >= 0 {
			around = Index(around, s.Index)
		} else {
			around = Join(around, s.Key)
		}
	}
	return around
}

// segment cuts the first step from a path: a key, or an index (then key is "" and index is not negative).
func segment(path string) (key string, index int, rest string) {
	if strings.HasPrefix(path, "[") {
		if quoted, err := strconv.QuotedPrefix(path[1:]); err == nil {
			key, _ = strconv.Unquote(quoted)
			return key, -1, strings.TrimPrefix(strings.TrimPrefix(path[1+len(quoted):], "]"), ".")
		}
		inside, after, _ := strings.Cut(path[1:], "]")
		i, err := strconv.Atoi(inside)
		if err != nil {
			return inside, -1, strings.TrimPrefix(after, ".")
		}
		return "", i, strings.TrimPrefix(after, ".")
	}
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		return path, -1, ""
	}
	return path[:end], -1, strings.TrimPrefix(path[end:], ".")
}
