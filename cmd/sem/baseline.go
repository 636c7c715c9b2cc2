package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
)

// baseline returns the fingerprints of the findings of an earlier run: of a report that "-o json" wrote, or, for "git:REF", of
// the same paths as they are in a revision of the repository.
func baseline(name string, opts pipeline.Options, how pipeline.ValidateOptions) ([]string, error) {
	if ref, ok := strings.CutPrefix(name, "git:"); ok {
		return revision(ref, opts, how)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var report struct {
		Kind     string `json:"kind"`
		Findings []struct {
			ID, Message, Field string
			Suppressed         bool
			Document           struct{ Kind, Namespace, Name string }
		} `json:"findings"`
	}
	if err := json.Unmarshal(data, &report); err != nil || report.Kind != "ValidateReport" {
		return nil, fmt.Errorf("%s is no report of 'sem validate -o json'", name)
	}
	var prints []string
	for _, f := range report.Findings {
		if !f.Suppressed {
			prints = append(prints, diag.Fingerprint(f.ID, f.Document.Kind, f.Document.Namespace, f.Document.Name, f.Field, f.Message))
		}
	}
	return prints, nil
}

// revision validates the paths of the command line as they are in a revision.
func revision(ref string, opts pipeline.Options, how pipeline.ValidateOptions) ([]string, error) {
	if strings.HasPrefix(ref, "-") {
		return nil, fmt.Errorf("%q names no revision", ref)
	}
	paths := opts.Paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	dir, err := os.MkdirTemp("", "sem-baseline-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	opts.Paths = nil
	for i, path := range paths {
		to := filepath.Join(dir, fmt.Sprint(i))
		if err := checkout(ref, path, to); err != nil {
			return nil, err
		}
		opts.Paths = append(opts.Paths, to)
	}
	report, err := pipeline.Validate(opts, how)
	if err != nil {
		return nil, err
	}
	var prints []string
	for i := range report.Findings {
		if d := &report.Findings[i]; d.Suppressed == nil {
			prints = append(prints, d.Fingerprint())
		}
	}
	return prints, nil
}

// checkout writes a path of a revision below a folder. A path that the revision lacks is an empty folder.
func checkout(ref, path, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	known, err := git("ls-tree", "--name-only", ref, "--", path)
	if err != nil || len(known) == 0 && path != "." {
		return err
	}
	archive, err := git("archive", "--format=tar", ref, "--", path)
	if err != nil {
		return err
	}
	return unpack(archive, to)
}

func git(args ...string) ([]byte, error) {
	cmd := exec.Command("git", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %s", args[0], strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

func unpack(archive []byte, to string) error {
	root, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer root.Close()
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := unpackEntry(root, h, r); err != nil {
			return err
		}
	}
}

func unpackEntry(root *os.Root, h *tar.Header, r io.Reader) error {
	switch h.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(h.Name, 0o755)
	case tar.TypeReg:
		if err := root.MkdirAll(filepath.Dir(h.Name), 0o755); err != nil {
			return err
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return root.WriteFile(h.Name, data, 0o644)
	}
	return nil
}
