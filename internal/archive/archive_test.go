package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-cmp/cmp"
)

// TestArchives packs the same files twice, written at different times to different places.
func TestArchives(t *testing.T) {
	for _, p := range []platform{{"linux", "amd64"}, {"windows", "arm64"}} {
		var archives [2][]byte
		for i := range archives {
			dir := t.TempDir()
			file := filepath.Join(dir, "any")
			if err := os.WriteFile(file, []byte("a binary"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(file, time.Now(), time.Unix(int64(i)*1e6, 0)); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := p.pack(&out, "sem_1", []entry{{p.binary(), file, 0o755}, {"LICENSE", file, 0o644}}); err != nil {
				t.Fatal(err)
			}
			archives[i] = out.Bytes()
		}
		if !bytes.Equal(archives[0], archives[1]) {
			t.Errorf("%s: two archives of the same files differ", p)
		}
		want := fmt.Sprintf("sem_1/%s -rwxr-xr-x 1980-01-01\nsem_1/LICENSE -rw-r--r-- 1980-01-01\n", p.binary())
		if diff := cmp.Diff(want, listing(t, p, archives[0])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p, diff)
		}
	}
}

// listing lists the files of an archive.
func listing(t *testing.T, p platform, archive []byte) string {
	t.Helper()
	var out strings.Builder
	if p.extension() == ".zip" {
		r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			fmt.Fprintln(&out, f.Name, f.Mode(), f.Modified.UTC().Format(time.DateOnly))
		}
		return out.String()
	}
	compressed, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(compressed); ; {
		h, err := r.Next()
		if err == io.EOF {
			return out.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, h.Name, h.FileInfo().Mode(), h.ModTime.UTC().Format(time.DateOnly))
	}
}

// TestSBOM lists what this test is made of.
func TestSBOM(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var one, two bytes.Buffer
	for _, out := range []*bytes.Buffer{&one, &two} {
		if err := writeSBOM(out, self, "1.0.0"); err != nil {
			t.Fatal(err)
		}
	}
	if one.String() != two.String() {
		t.Error("two lists of one binary differ")
	}
	var bom cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(&one, cyclonedx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if got := bom.Metadata.Component.PackageURL; got != "pkg:golang/sem.example@v1.0.0" {
		t.Errorf("the component is %s", got)
	}
	found := map[string]bool{}
	for _, c := range *bom.Components {
		found[c.Name] = c.Version != "" && strings.HasPrefix(c.PackageURL, "pkg:golang/"+c.Name+"@")
	}
	for _, name := range []string{"std", "github.com/CycloneDX/cyclonedx-go"} {
		if !found[name] {
			t.Errorf("%s is missing: %v", name, found)
		}
	}
}

// TestReproducible builds copies of the repository in two places and compares the bytes. It compiles everything, so that it
// is run on demand: SEM_RELEASE=linux/amd64 names the platforms.
func TestReproducible(t *testing.T) {
	platforms := os.Getenv("SEM_RELEASE")
	if platforms == "" {
		t.Skip("set SEM_RELEASE to platforms, such as linux/amd64,windows/arm64")
	}
	var sums [2]string
	for i, place := range []string{"a", filepath.Join("another", "place")} {
		root := filepath.Join(t.TempDir(), place)
		copySources(t, root)
		cmd := exec.Command("go", "run", "./internal/archive", "-version", "v1.0.0", "-platforms", platforms)
		cmd.Dir, cmd.Stderr = root, os.Stderr
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		sums[i] = checked(t, filepath.Join(root, "dist"))
	}
	if diff := cmp.Diff(sums[0], sums[1]); diff != "" {
		t.Errorf("two builds differ:\n%s", diff)
	}
	t.Logf("twice the same:\n%s", sums[0])
}

// copySources copies the files of the repository that git knows.
func copySources(t *testing.T, to string) {
	t.Helper()
	root := filepath.Join("..", "..")
	list := exec.Command("git", "ls-files")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Skip("this is no repository: ", err)
	}
	for _, name := range strings.Fields(string(out)) {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(copied), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// checked returns the checksums of a release, which are right.
func checked(t *testing.T, dir string) string {
	t.Helper()
	sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || fmt.Sprintf("%x", sha256.Sum256(data)) != sum {
			t.Errorf("%s is not what its checksum says: %v", name, err)
		}
	}
	return string(sums)
}
