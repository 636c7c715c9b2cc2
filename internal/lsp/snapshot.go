package lsp

import (
	"fmt"
	"runtime/debug"

	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

// A Config is what is read of a workspace, and how it is judged: what the commands take from their flags and the settings file.
type Config struct {
	Options  pipeline.Options
	Validate pipeline.ValidateOptions
	Tests    bool      // files of request tests are run, for the lenses
	Baseline []string  // the fingerprints of the findings that are not to be reported; nil without a baseline
	Found    diag.List // what is wrong with the settings file
}

// A snapshot is a workspace at one moment, examined.
type snapshot struct {
	folder folder
	docs   map[string]document // that were open, by name
	report *diag.Report
	worlds []*pipeline.World

	lines   lazy.Map[*source.File, lines] // of the files that something is reported in
	symbols *symbols
	tests   lazy.Value[hits] // that reach a part of the configuration
	config  Config
	inside  func(do func()) error // does what reads files
	err     error                 // why there is nothing else
}

// examine reads a workspace with the open documents in place of their files. A fault of sem itself costs one answer, not the session.
func examine(in folder, docs map[string]document, c Config, cache *pipeline.Cache) (s *snapshot) {
	s = &snapshot{folder: in, docs: docs, config: c}
	defer func() {
		if fault := recover(); fault != nil {
			cache.Forget()
			s.err = fmt.Errorf("a fault of sem: %v\n%s", fault, debug.Stack())
		}
	}()
	c.Options.Cache, c.Options.Edited = cache, s.edited()
	s.report, s.worlds, s.err = pipeline.Examine(c.Options, c.Validate)
	if s.err != nil {
		return s
	}
	if c.Baseline != nil {
		s.report.Since(c.Baseline)
	}
	s.report.Findings = append(append(diag.List{}, c.Found...), s.report.Findings...)
	return s
}

// edited are the texts of the open documents, by name.
func (s *snapshot) edited() map[string][]byte {
	texts := make(map[string][]byte, len(s.docs))
	for name, doc := range s.docs {
		texts[name] = doc.text
	}
	return texts
}

// uri is the URI of a file, as the editor writes it where it is open.
func (s *snapshot) uri(f *source.File) string {
	if doc, ok := s.docs[f.Name]; ok {
		return doc.uri
	}
	return s.folder.uri(f.Name)
}

// location is a place as editors have it; not ok for one that is not in a file.
func (s *snapshot) location(p source.Place) (location, bool) {
	f := p.Source()
	if f == nil {
		return location{}, false
	}
	return location{URI: s.uri(f), Range: s.rangeIn(f, p.Range())}, true
}

// reported are the findings that the user is to see.
func (s *snapshot) reported() []*diag.Diagnostic {
	var found []*diag.Diagnostic
	for i := range s.report.Findings {
		if d := &s.report.Findings[i]; d.Suppressed == nil && !d.Unchanged && d.At.Source() != nil {
			found = append(found, d)
		}
	}
	return found
}
