package diag

// Nearest returns the word of a list that a mistyped one most likely means: the one that takes the fewest changed, missing, extra
// or swapped letters, at most one in three. "" where none is near.
func Nearest(word string, among []string) string {
	best, limit := "", min(max(1, len(word)/3), mostEdits)+1
	if len(word) > longestWord {
		return ""
	}
	for _, candidate := range among {
		if candidate == word || abs(len(candidate)-len(word)) >= limit {
			continue
		}
		if d := distance(word, candidate, limit); d < limit || d == limit-1 && candidate < best {
			best, limit = candidate, d
		}
	}
	return best
}

// mostEdits is how many edits apart words are at most that are taken for one another. It bounds the work, as longestWord does.
const mostEdits = 12

// longestWord is longer than any name of a resource, a field or a host.
const longestWord = 300

// distance counts the edits between two words (optimal string alignment, by bytes), or returns the limit where they are as many or more.
func distance(a, b string, limit int) int {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if abs(len(a)-len(b)) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		from, to := max(1, i-limit), min(len(b), i+limit) // further from the diagonal the limit is passed
		row[from-1] = i
		if from > 1 {
			row[from-1] = limit
		}
		least := row[from-1]
		for j := from; j <= to; j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if to < len(b) {
			row[to+1] = limit
		}
		if least > limit {
			return limit
		}
		before, last, row = last, row, before
	}
	return min(limit, last[len(b)])
}

func abs(n int) int { return max(n, -n) }
