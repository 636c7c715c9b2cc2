package diag

// Nearest returns the word of a list that a mistyped one most likely means: the one that takes the fewest changed, missing, extra
// or swapped letters, at most one in three. "" where none is near.
func Nearest(word string, among []string) string {
	best, limit := "", max(1, len(word)/3)+1
	for _, candidate := range among {
		if candidate == word || abs(len(candidate)-len(word)) >= limit {
			continue
		}
		if d := distance(word, candidate); d < limit || d == limit-1 && candidate < best {
			best, limit = candidate, d
		}
	}
	return best
}

// distance counts the edits between two words (optimal string alignment, by bytes).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func abs(n int) int { return max(n, -n) }
