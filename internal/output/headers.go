package output

import (
	"maps"
	"slices"
	"strings"

	"sem.example/simulate"
)

// headerLines are what happens to the headers of a request and of its response: "request headers: set x-to: two".
func headerLines(ops *simulate.HeaderOps) []string {
	if ops == nil {
		return nil
	}
	var lines []string
	for _, side := range []struct {
		name    string
		changes *simulate.HeaderChange
	}{{"request", ops.Request}, {"response", ops.Response}} {
		if words := changeWords(side.changes); len(words) > 0 {
			lines = append(lines, side.name+" headers: "+strings.Join(words, ", "))
		}
	}
	return lines
}

func changeWords(c *simulate.HeaderChange) []string {
	if c == nil {
		return nil
	}
	var words []string
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		words = append(words, "set "+name+": "+c.Set[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.Add)) {
		words = append(words, "add "+name+": "+c.Add[name])
	}
	if len(c.Remove) > 0 {
		words = append(words, "remove "+strings.Join(c.Remove, ", "))
	}
	return words
}
