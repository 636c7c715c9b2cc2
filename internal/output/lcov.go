package output

import (
	"fmt"
	"io"
	"strings"

	"sem.example/internal/suite"
)

// LCOV prints coverage in the format of lcov, which editors and CI shade files by: each line of an item with the hits of the
// innermost item that it belongs to, and each item as a function. Comments name what could not be read, which no test can reach.
func LCOV(w io.Writer, r *suite.Report) error {
	var b strings.Builder
	for _, part := range Places(r.Gaps()) {
		fmt.Fprintf(&b, "# not read: %s\n", part)
	}
	if r.Coverage != nil {
		items := r.Coverage.Items
		for from := 0; from < len(items); {
			to := from
			for to < len(items) && items[to].File == items[from].File {
				to++
			}
			lcovFile(&b, items[from:to])
			from = to
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lcovFile writes the record of one file. Its items are in order, what holds an item before the item.
func lcovFile(b *strings.Builder, items []suite.Item) {
	fmt.Fprintf(b, "TN:\nSF:%s\n", Quote(items[0].File))
	hits := map[int32]int{}
	last, reached, lines := int32(0), 0, 0
	for _, i := range items {
		name := Quote(i.Object + " " + i.Field)
		fmt.Fprintf(b, "FN:%d,%s\nFNDA:%d,%s\n", i.Range.Line, name, i.Hits, name)
		if i.Hits > 0 {
			reached++
		}
		end := max(i.Range.Line, i.Range.EndLine)
		for line := i.Range.Line; line <= end; line++ {
			hits[line] = i.Hits
		}
		last = max(last, end)
	}
	fmt.Fprintf(b, "FNF:%d\nFNH:%d\n", len(items), reached)
	reached = 0
	for line := int32(1); line <= last; line++ {
		n, counted := hits[line]
		if !counted {
			continue
		}
		fmt.Fprintf(b, "DA:%d,%d\n", line, n)
		if lines++; n > 0 {
			reached++
		}
	}
	fmt.Fprintf(b, "LF:%d\nLH:%d\nend_of_record\n", lines, reached)
}
