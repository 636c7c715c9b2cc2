package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"sem.example/internal/source"
)

// TestExplain shows that documents beyond the limit are named as wrong, and not explained.
func TestExplain(t *testing.T) {
	var text strings.Builder
	for i := range 70 {
		fmt.Fprintf(&text, "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: d%d}\nspec: {host: a, trafficPolicy: {loadBalancer: {simple: RANDOMLY}}}\n", i)
	}
	docs, _ := source.Parse(&source.File{Name: "d.yaml", Data: []byte(text.String())})
	found, refused := glance(docs)
	if len(found) > 0 || len(refused) != len(docs) {
		t.Fatalf("%d findings, and %d documents to explain; want 0 and %d", len(found), len(refused), len(docs))
	}
	lists := explain(refused, 10)
	brief := 0
	for i, list := range lists {
		if len(list) != 1 || list[0].At.Doc != docs[i] {
			t.Errorf("document %d: %v", i, list)
		}
		if strings.Contains(list[0].Message, "not explained") {
			brief++
		}
	}
	if len(lists) != len(docs) || brief != 6 { // 64 at a time
		t.Errorf("%d documents, %d not explained; want %d and 6", len(lists), brief, len(docs))
	}
}
