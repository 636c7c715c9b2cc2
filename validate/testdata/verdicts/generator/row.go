package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// A row is a document, as what differs from one of the seeds of its kind, and its verdict.
type row struct {
	ID      string   `json:"id"`
	Seed    int      `json:"seed"`
	Changes []change `json:"changes,omitempty"`
	Verdict string   `json:"verdict"`
	Why     string   `json:"why,omitempty"`
}

// A change sets or removes what is at a path of keys and indices.
type change struct {
	At      []any           `json:"at"`
	To      json.RawMessage `json:"to,omitempty"`
	Removed bool            `json:"removed,omitempty"`
}

func (g *generator) newRow(document map[string]any, verdict string, why []reason) row {
	out := row{ID: fmt.Sprintf("%s-%04d", strings.ToLower(g.kind), g.count["ok"]+g.count["error"]+1), Verdict: verdict, Why: wordsOf(why)}
	shortest := -1
	for i, seed := range g.seeds {
		changes := changesOf([]any{}, seed, document)
		text, err := json.Marshal(changes)
		must(err)
		if shortest < 0 || len(text) < shortest {
			shortest, out.Seed, out.Changes = len(text), i, changes
		}
	}
	return out
}

// changesOf are the changes that turn one value into another.
func changesOf(at []any, from, to any) (out []change) {
	step := func(key any) []any { return append(append([]any{}, at...), key) }
	switch to := to.(type) {
	case map[string]any:
		from, ok := from.(map[string]any)
		if !ok {
			break
		}
		for _, key := range keysOf(from) {
			if _, kept := to[key]; !kept {
				out = append(out, change{At: step(key), Removed: true})
			}
		}
		for _, key := range keysOf(to) {
			if old, had := from[key]; had {
				out = append(out, changesOf(step(key), old, to[key])...)
			} else {
				out = append(out, set(step(key), to[key]))
			}
		}
		return out
	case []any:
		from, ok := from.([]any)
		if !ok || len(from) != len(to) {
			break
		}
		for i := range to {
			out = append(out, changesOf(step(i), from[i], to[i])...)
		}
		return out
	}
	if reflect.DeepEqual(from, to) {
		return nil
	}
	return []change{set(at, to)}
}

func set(at []any, to any) change {
	text, err := json.Marshal(to)
	must(err)
	return change{At: at, To: text}
}

// wordsOf are the words of the first reasons, without long values.
func wordsOf(why []reason) string {
	var lines []string
	for _, w := range why[:min(len(why), 3)] {
		words := w.words
		if len(words) > 200 {
			words = words[:80] + "…" + words[len(words)-110:]
		}
		lines = append(lines, words)
	}
	return strings.Join(lines, "\n")
}
