package schema_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/source"
	"sem.example/schema"
)

// parse reads one document.
func parse(t *testing.T, text string) *source.Document {
	t.Helper()
	docs, problems := source.Parse(&source.File{Name: "doc.yaml", Data: []byte(text)})
	if len(problems) > 0 || len(docs) != 1 {
		t.Fatalf("%d documents, problems %v in\n%s", len(docs), problems, text)
	}
	return docs[0]
}

// ids returns the checks that a document draws findings of.
func ids(t *testing.T, text string) []string {
	t.Helper()
	var found []string
	for _, d := range schema.Check(parse(t, text)) {
		found = append(found, d.Check.ID)
	}
	return slices.Compact(found)
}

func TestExamples(t *testing.T) {
	for _, c := range schema.Checks() {
		t.Run(c.ID, func(t *testing.T) {
			if diff := cmp.Diff([]string{c.ID}, ids(t, c.Wrong)); diff != "" {
				t.Errorf("the wrong example (-want +got):\n%s", diff)
			}
			if found := ids(t, c.Right); len(found) > 0 {
				t.Errorf("the right example draws %v", found)
			}
		})
	}
}

// TestConcurrent checks documents side by side, for the race detector to look at.
func TestConcurrent(t *testing.T) {
	var group sync.WaitGroup
	for _, c := range schema.Checks() {
		doc := parse(t, c.Wrong)
		group.Go(func() {
			if len(schema.Check(doc)) == 0 {
				t.Errorf("the wrong example of %s draws nothing", c.ID)
			}
		})
	}
	group.Wait()
}
