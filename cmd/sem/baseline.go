package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

// baselineLimit is the largest report that is read as a baseline, in bytes.
const baselineLimit = 256 << 20

// baseline returns the fingerprints of the findings of an earlier run: of a report that "-o json" wrote, or, for "git:REF", of
// the same paths as they are in a revision of the repository.
func baseline(name string, opts pipeline.Options, how pipeline.ValidateOptions) ([]string, error) {
	if ref, ok := strings.CutPrefix(name, "git:"); ok {
		return revision(ref, opts, how)
	}
	data, err := source.ReadRegular(name, baselineLimit)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
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
		return nil, fmt.Errorf("%s is not a report of 'sem validate -o json'", name)
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
		return nil, fmt.Errorf("%q is not a git revision", ref)
	}
	paths := opts.Paths
	if len(paths) == 0 || opts.Kustomize != "" {
		paths = append([]string{"."}, paths...)
	}
	dir, remove, err := tempFolder("sem-baseline-")
	if err != nil {
		return nil, err
	}
	defer remove()
	opts.Paths = nil
	for i, path := range paths {
		to := filepath.Join(dir, fmt.Sprint(i))
		if err := checkout(ref, path, to); err != nil {
			return nil, err
		}
		opts.Paths = append(opts.Paths, to)
	}
	if opts.Kustomize != "" {
		opts.Within, opts.Paths = opts.Paths[0], opts.Paths[1:]
		opts.Kustomize = filepath.Join(opts.Within, opts.Kustomize)
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
