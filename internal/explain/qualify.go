package explain

import (
	"fmt"

	"sem.example/simulate"
)

// qualify says beside the verdict what was not modelled, for the verdict holds without that only.
func qualify(t *simulate.Trace) {
	switch n := len(t.NotModelled); n {
	case 0:
	case 1:
		t.Qualification = fmt.Sprintf("but %s may change it", t.NotModelled[0])
	default:
		t.Qualification = fmt.Sprintf("but %s and %d more may change it", t.NotModelled[0], n-1)
	}
}
