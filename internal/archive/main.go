// Command archive builds what is published of a version: for each platform an archive with a static binary and a list of what
// the binary is made of (an SBOM in CycloneDX), and one file of checksums. It is run in the root of the repository.
//
// The same sources and the same Go give the same bytes, whoever builds them, where and when: paths and revisions stay out of the
// binaries, and times, owners and the order of files in the archives are fixed.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("archive: ")
	r := release{}
	flag.StringVar(&r.version, "version", "", "the version, such as 1.2.0")
	flag.StringVar(&r.dir, "o", "dist", "the folder to write to")
	platforms := flag.String("platforms", "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64", "what to build for")
	flag.Parse()
	if r.version = strings.TrimPrefix(r.version, "v"); r.version == "" {
		log.Fatal("-version is required")
	}
	if err := r.run(strings.Split(*platforms, ",")); err != nil {
		log.Fatal(err)
	}
}

// A release is a version, and the folder that it is built in.
type release struct {
	version string
	dir     string
}

// run builds for all platforms.
func (r *release) run(platforms []string) error {
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return err
	}
	var names []string
	for _, text := range platforms {
		goos, goarch, ok := strings.Cut(text, "/")
		if !ok {
			return fmt.Errorf("platform %q: write OS/ARCHITECTURE", text)
		}
		p := platform{goos, goarch}
		log.Print(p)
		made, err := r.build(p)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		names = append(names, made...)
	}
	return r.sum(names)
}

// build builds for one platform and returns the names of the files that it made.
func (r *release) build(p platform) ([]string, error) {
	work, err := os.MkdirTemp("", "sem-release-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	binary := filepath.Join(work, p.binary())
	if err := p.compile(binary, r.version); err != nil {
		return nil, err
	}
	base := fmt.Sprintf("sem_%s_%s_%s", r.version, p.goos, p.goarch)
	entries := []entry{{p.binary(), binary, 0o755}, {"LICENSE", "LICENSE", 0o644}, {"README.md", "README.md", 0o644}}
	archive, sbom := base+p.extension(), base+".cdx.json"
	if err := r.write(archive, func(out *os.File) error { return p.pack(out, base, entries) }); err != nil {
		return nil, err
	}
	err = r.write(sbom, func(out *os.File) error { return writeSBOM(out, binary, r.version) })
	return []string{archive, sbom}, err
}

// write makes a file of the release.
func (r *release) write(name string, fill func(*os.File) error) error {
	out, err := os.Create(filepath.Join(r.dir, name))
	if err != nil {
		return err
	}
	if err := fill(out); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// sum writes SHA256SUMS, as sha256sum reads it.
func (r *release) sum(names []string) error {
	return r.write("SHA256SUMS", func(out *os.File) error {
		for _, name := range names {
			data, err := os.ReadFile(filepath.Join(r.dir, name))
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(out, "%x  %s\n", sha256.Sum256(data), name); err != nil {
				return err
			}
		}
		return nil
	})
}
