package kustomize

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is made of the same files is built once, and dropped when a reading has no use for it.
func TestCache(t *testing.T) {
	built := 0
	build := func(r request) (reply, error) {
		built++
		if r.Folder == "late" {
			return reply{}, errors.New("out of time")
		}
		return reply{Fault: string(r.Files["a"])}, nil
	}
	of := func(folder string, files ...string) request {
		r := request{Folder: folder, Files: map[string][]byte{}}
		for i := 0; i < len(files); i += 2 {
			r.Files[files[i]] = []byte(files[i+1])
		}
		return r
	}
	var c Cache
	for _, test := range []struct {
		name  string
		asked []request
		want  int
	}{
		{"nothing is known", []request{of("f", "a", "1"), of("g", "a", "1")}, 2},
		{"all is known", []request{of("f", "a", "1"), of("g", "a", "1")}, 0},
		{"a file has changed", []request{of("f", "a", "2"), of("g", "a", "1")}, 1},
		{"a file was added", []request{of("f", "a", "2", "b", "")}, 1},
		{"the text is split elsewhere", []request{of("f", "a", "2b", "", "")}, 1},
		{"it was dropped", []request{of("g", "a", "1")}, 1},
		{"a failure is not kept", []request{of("late")}, 1},
		{"and is tried again", []request{of("late")}, 1},
	} {
		built = 0
		c.Begin()
		for _, r := range test.asked {
			made, err := c.answer(r, build)
			if diff := cmp.Diff(string(r.Files["a"]), made.Fault); diff != "" && err == nil {
				t.Errorf("%s: another answer (-want +got):\n%s", test.name, diff)
			}
		}
		c.End()
		if built != test.want {
			t.Errorf("%s: %d builds, want %d", test.name, built, test.want)
		}
	}
}
