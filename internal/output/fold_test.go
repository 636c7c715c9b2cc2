package output

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFold(t *testing.T) {
	text := "short\n  a line that is wider than forty columns of the terminal\n  example  sem trace -f mesh --from shop/web http://cart/items\n"
	want := "short\n  a line that is wider than forty\n      columns of the terminal\n  example  sem trace -f mesh --from shop/web http://cart/items\n"
	if diff := cmp.Diff(want, Fold(text, Look{Width: 40})); diff != "" {
		t.Errorf("folded text (-want +got):\n%s", diff)
	}
}
