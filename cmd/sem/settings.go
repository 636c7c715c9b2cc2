package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// settingsName is the file that settings are read from: the nearest one upward, as far as the root of the repository.
const settingsName = ".sem.yaml"

// settings are what the file says: values of flags, and which findings are wanted.
type settings struct {
	File   string // "" without one
	Flags  []setting
	Policy diag.Policy
}

// A setting is the value of a flag, or one of its values.
type setting struct {
	flag, value string
	at          string // file:line, for messages
}

// pathFlags are the flags whose values in the file are paths relative to it.
var pathFlags = map[string]bool{"filename": true, "mesh-config": true, "baseline": true, "coverage-out": true}

// useSettings finds and reads the file, and sets the flags of a command that the command line leaves alone.
func useSettings(cmd *cobra.Command) (*settings, error) {
	s, err := findSettings(cmd)
	if err != nil {
		return nil, err
	}
	said := map[string]bool{}
	cmd.Flags().Visit(func(f *pflag.Flag) { said[f.Name] = true })
	for _, v := range s.Flags {
		if said[v.flag] {
			continue
		}
		if cmd.Flags().Lookup(v.flag) == nil {
			if !knownFlag(cmd.Root(), v.flag) {
				return nil, fmt.Errorf("%s: no command has a flag --%s", v.at, v.flag)
			}
			continue // a flag of other commands
		}
		if err := cmd.Flags().Set(v.flag, v.value); err != nil {
			return nil, fmt.Errorf("%s: %w", v.at, err)
		}
	}
	return s, nil
}

func knownFlag(cmd *cobra.Command, name string) bool {
	if cmd.Flags().Lookup(name) != nil {
		return true
	}
	for _, c := range cmd.Commands() {
		if knownFlag(c, name) {
			return true
		}
	}
	return false
}

// findSettings reads the file that --config names, or the nearest one upward.
func findSettings(cmd *cobra.Command) (*settings, error) {
	if no, _ := cmd.Flags().GetBool("no-config"); no {
		return &settings{}, nil
	}
	if name, _ := cmd.Flags().GetString("config"); name != "" {
		return readSettings(name)
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for up := ""; ; up = filepath.Join("..", up) {
		name := filepath.Join(up, settingsName)
		if _, err := os.Stat(name); err == nil {
			return readSettings(name)
		}
		_, err := os.Stat(filepath.Join(up, ".git"))
		if here := filepath.Join(dir, up); err == nil || filepath.Dir(here) == here {
			return &settings{}, nil
		}
	}
}

func readSettings(name string) (*settings, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no settings file %s", name)
	}
	if err != nil {
		return nil, err
	}
	docs, problems := source.Parse(&source.File{Name: name, Data: data})
	for _, p := range problems {
		if p.Trouble != source.NoKind && p.Trouble != source.NoDocument {
			return nil, fmt.Errorf("%s:%d: %s", name, p.Range.Line, p.Message)
		}
	}
	s := &settings{File: name, Policy: diag.Policy{Dir: filepath.Dir(name)}}
	for _, doc := range docs {
		for _, f := range doc.Root.Fields {
			if err := s.read(f); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// read takes in one field of the file.
func (s *settings) read(f source.Field) error {
	switch f.Key {
	case "disable":
		s.Policy.Disable = texts(f.Value)
	case "enable":
		s.Policy.Enable = texts(f.Value)
	case "severity":
		s.Policy.Severity = map[string]diag.Severity{}
		for _, v := range f.Value.Fields {
			if ranks[v.Value.Text] == 0 {
				return s.fault(v.Value, "the severity of %s is %q: use error, warning or info", v.Key, v.Value.Text)
			}
			s.Policy.Severity[v.Key] = diag.Severity(v.Value.Text)
		}
	case "ignore":
		for _, item := range f.Value.Items {
			if err := s.except(item); err != nil {
				return err
			}
		}
	default:
		for _, v := range texts(f.Value) {
			if pathFlags[f.Key] && !filepath.IsAbs(v) && v != "-" && filepath.Dir(s.File) != "." {
				v = filepath.Join(filepath.Dir(s.File), v)
			}
			s.Flags = append(s.Flags, setting{flag: f.Key, value: v, at: fmt.Sprintf("%s:%d", s.File, f.Range.Line)})
		}
	}
	return nil
}

func (s *settings) except(item *source.Node) error {
	e := diag.Exception{}
	for _, f := range item.Fields {
		to := map[string]*string{
			"check": &e.Check, "kind": &e.Kind, "namespace": &e.Namespace, "name": &e.Name, "path": &e.Path, "reason": &e.Reason,
		}[f.Key]
		if to == nil {
			return s.fault(f.Value, "an exception has no field %q: use check, kind, namespace, name, path and reason", f.Key)
		}
		*to = f.Value.Text
	}
	s.Policy.Ignore = append(s.Policy.Ignore, e)
	return nil
}

func (s *settings) fault(at *source.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", s.File, at.Range.Line, at.Range.Column, fmt.Sprintf(format, args...))
}

// texts are the values of a list of scalars, or of one.
func texts(n *source.Node) []string {
	if n.Kind != source.List {
		return []string{n.Text}
	}
	var all []string
	for _, item := range n.Items {
		all = append(all, item.Text)
	}
	return all
}
