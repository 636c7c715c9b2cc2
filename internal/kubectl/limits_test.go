package kubectl

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/source"
)

// script puts a kubectl on the PATH that is a shell script.
func script(t *testing.T, text string) {
	if runtime.GOOS == "windows" {
		t.Skip("it takes a shell")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kubectl"), []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

// TestTimeout has a kubectl wait forever, as one does whose login asks a question. What it started lasts as long as the folder of the
// test: were sem to wait for that, Read would not return.
func TestTimeout(t *testing.T) {
	script(t, "while test -d "+t.TempDir()+"; do sleep 0.1; done &\nwait\n")
	_, err := Read(t.Context(), Options{Timeout: 200 * time.Millisecond})
	if err == nil || err.Error() != "kubectl did not answer within 200ms" {
		t.Errorf("error %v", err)
	}
}

func TestLines(t *testing.T) {
	said := "E1130 12:20:37.100000    1 memcache.go:265] couldn't get\nWarning: old\n\nerror: one\nerror: two\n"
	if diff := cmp.Diff([]string{"error: one", "error: two"}, lines(said)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestParts divides objects into files that can be read again.
func TestParts(t *testing.T) {
	large := make([]byte, maxFile/2)
	small := []byte("a: 1\n")
	var sizes []int
	for _, text := range parts([]object{{text: large}, {text: large}, {text: small}, {text: large}, {text: small}}) {
		sizes = append(sizes, len(text))
	}
	// The marker between two documents makes the second one too much.
	if diff := cmp.Diff([]int{maxFile / 2, maxFile/2 + 4 + 5, maxFile/2 + 4 + 5}, sizes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTrim(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"a CronJob": {
			`{"kind":"CronJob","spec":{"schedule":"* * * * *","jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"a","env":[{"value":"x"}]}]}}}}}}`,
			`{"kind":"CronJob","spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"a"}]}}}}}}`,
		},
		"a VirtualService": {
			`{"kind":"VirtualService","metadata":{"managedFields":[{}],"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"x"}},"spec":{"hosts":["a"]}}`,
			`{"kind":"VirtualService","metadata":{},"spec":{"hosts":["a"]}}`,
		},
		"a ServiceAccount": {`{"kind":"ServiceAccount","metadata":{"name":"a"},"secrets":[{"name":"token"}]}`, `{"kind":"ServiceAccount","metadata":{"name":"a"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			docs, _ := source.Parse(&source.File{Name: "x.json", Data: []byte(test.in)})
			if diff := cmp.Diff(test.want, string(trim(docs[0].Root).AppendJSON(nil))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
