package source

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"

// packed writes an archive and returns its name.
func packed(t *testing.T, entries ...tar.Header) string {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	archive := tar.NewWriter(zip)
	for _, h := range entries {
		text := service
		if h.Typeflag != tar.TypeReg {
			text = ""
		}
		h.Size, h.Mode = int64(len(text)), 0o644
		if err := archive.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(archive, text); err != nil {
			t.Fatal(err)
		}
	}
	archive.Close()
	zip.Close()
	name := filepath.Join(t.TempDir(), "report.tar.gz")
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestArchive reads reports, among them one whose names and links lead elsewhere.
func TestArchive(t *testing.T) {
	regular := func(name string) tar.Header { return tar.Header{Name: name, Typeflag: tar.TypeReg} }
	for name, test := range map[string]struct {
		entries []tar.Header
		files   []string
		problem string
	}{
		"a report": {
			entries: []tar.Header{regular("bug-report/cluster/crs"), regular("bug-report/cluster/k8s-resources"), regular("bug-report/cluster/secrets"), regular("bug-report/proxies/shop/web/istio-proxy.log")},
			files:   []string{"report.tar.gz/bug-report/cluster/crs", "report.tar.gz/bug-report/cluster/k8s-resources"},
		},
		"names that lead elsewhere": {
			entries: []tar.Header{regular("../../etc/cluster/crs")},
			files:   []string{"report.tar.gz/etc/cluster/crs"},
		},
		"links": {
			entries: []tar.Header{{Name: "cluster/crs", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, {Name: "cluster/k8s-resources", Typeflag: tar.TypeLink, Linkname: "/etc/passwd"}},
			files:   []string{"report.tar.gz"}, problem: "the archive is not read: only one of",
		},
		"one name twice": {
			entries: []tar.Header{regular("cluster/crs"), regular("a/../cluster/crs")},
			files:   []string{"report.tar.gz"}, problem: "the archive has two files cluster/crs",
		},
		"no report": {entries: []tar.Header{regular("a.yaml")}, files: []string{"report.tar.gz"}, problem: "the archive is not read: only one of"},
	} {
		t.Run(name, func(t *testing.T) {
			archive := packed(t, test.entries...)
			in, problems := Read([]string{archive}, Options{})
			var files []string
			for _, f := range in.Files {
				rest, _ := filepath.Rel(filepath.Dir(archive), f.Name)
				files = append(files, filepath.ToSlash(rest))
			}
			if diff := cmp.Diff(test.files, files); diff != "" {
				t.Errorf("the files (-want +got):\n%s", diff)
			}
			switch {
			case test.problem == "" && len(problems) > 0, test.problem != "" && (len(problems) != 1 || !strings.HasPrefix(problems[0].Message, test.problem)):
				t.Errorf("problems %v, want %q", problems, test.problem)
			}
		})
	}
}

// zeros is a stream of zeros, as a bomb unpacks to.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestArchiveBomb stops reading what has no end.
func TestArchiveBomb(t *testing.T) {
	var head bytes.Buffer
	archive := tar.NewWriter(&head)
	if err := archive.WriteHeader(&tar.Header{Name: "proxies/a.log", Typeflag: tar.TypeReg, Size: 1 << 40}); err != nil {
		t.Fatal(err)
	}
	bounded := &io.LimitedReader{R: io.MultiReader(&head, zeros{}), N: 1 << 20}
	if _, err := entries("bomb.tar.gz", bounded); err == nil || err.Error() != errUnpacked.Error() {
		t.Errorf("error %v, want %v", err, errUnpacked)
	}
}
