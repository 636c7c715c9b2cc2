package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// settingsName is the file that settings are read from: the nearest one upward, as far as the root of the repository.
const settingsName = ".sem.yaml"

// settingsLimit is the largest settings file that is read, in bytes.
const settingsLimit = 1 << 20

// settings are what the file says: values of flags, and which findings are wanted.
type settings struct {
	File    string // "" without one
	Flags   []setting
	Policy  diag.Policy
	Found   diag.List // what the file gets wrong
	unnamed int       // how many mistakes more

	root string       // the folder that paths must not lead out of; "" for a file that was named
	src  *source.File // for positions
	cmd  *cobra.Command
}

// setBy is the annotation of a flag that names the file that sets it.
const setBy = "set by"

// A setting is the value of a flag, or one of its values.
type setting struct {
	flag, value string
	except      string // the command that does not take it
	at          source.Range
	inForce     bool // the command has the flag, and its command line leaves it alone
}

// useSettings finds and reads the file, and sets the flags of a command that the command line leaves alone. Where the file is
// not accepted, standard error says why and nothing is done.
func useSettings(cmd *cobra.Command) (*settings, error) {
	s, err := applySettings(cmd)
	if err != nil {
		return nil, err
	}
	if len(s.Found) > 0 {
		reportFindings(cmd, s.Found, diag.Info)
		return nil, fmt.Errorf("the settings file %s is not accepted", s.File)
	}
	return s, nil
}

// applySettings is as useSettings, but leaves what is wrong with the file among its findings.
func applySettings(cmd *cobra.Command) (*settings, error) {
	s, err := findSettings(cmd)
	if err != nil {
		return nil, err
	}
	said := map[string]bool{}
	cmd.Flags().Visit(func(f *pflag.Flag) { said[f.Name] = true })
	for i, v := range s.Flags {
		if said[v.flag] || cmd.Flags().Lookup(v.flag) == nil || v.except == cmd.Name() {
			continue // the command line goes before, and other commands have flags of their own
		}
		if err := cmd.Flags().Set(v.flag, v.value); err != nil {
			s.fault(v.at, "%v", err)
			continue
		}
		s.Flags[i].inForce = true
		_ = cmd.Flags().SetAnnotation(v.flag, setBy, []string{s.File}) // the flag exists
	}
	return s, nil
}

// inForce reports whether a flag has its value from the file.
func (s *settings) inForce(flag string) bool {
	return slices.ContainsFunc(s.Flags, func(v setting) bool { return v.flag == flag && v.inForce })
}

func knownFlag(cmd *cobra.Command, name string) bool {
	if cmd.Flags().Lookup(name) != nil || cmd.PersistentFlags().Lookup(name) != nil {
		return true
	}
	return slices.ContainsFunc(cmd.Commands(), func(c *cobra.Command) bool { return knownFlag(c, name) })
}

// findSettings reads the file that --config names, or the nearest one upward.
func findSettings(cmd *cobra.Command) (*settings, error) {
	if no, _ := cmd.Flags().GetBool("no-config"); no {
		return &settings{}, nil
	}
	if name, _ := cmd.Flags().GetString("config"); name != "" {
		return readSettings(cmd, name, "")
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	found := ""
	for up := ""; ; up = filepath.Join("..", up) {
		if name := filepath.Join(up, settingsName); found == "" {
			if _, err := os.Lstat(name); err == nil {
				found = name
			}
		}
		_, err := os.Stat(filepath.Join(up, ".git"))
		here := filepath.Join(dir, up)
		switch {
		case err != nil && filepath.Dir(here) != here:
			continue
		case found == "":
			return &settings{}, nil
		case err != nil: // there is no repository
			return readSettings(cmd, found, filepath.Dir(found))
		}
		return readSettings(cmd, found, cmp.Or(up, "."))
	}
}

// readSettings reads a file. One that was only found is within a folder, and so are the paths that it names.
func readSettings(cmd *cobra.Command, name, root string) (*settings, error) {
	if root != "" && !inside(root, name) {
		return nil, fmt.Errorf("%s is a link that leads outside the repository: replace it by a file, or name the file with --config", name)
	}
	data, err := source.ReadRegular(name, settingsLimit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no settings file %s", name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	text := &source.File{Name: name, Data: data}
	s := &settings{File: name, root: root, src: text, cmd: cmd, Policy: diag.Policy{
		Dir: filepath.Dir(name), Severity: map[string]diag.Severity{}, File: diag.Settings{Name: name, Severity: map[string]bool{}},
	}}
	docs, problems := source.Parse(text)
	for _, p := range problems {
		if p.Trouble != source.NoKind && p.Trouble != source.NoDocument {
			s.fault(p.Range, "%s", p.Message)
		}
	}
	for i, doc := range docs {
		switch {
		case i > 0:
			s.fault(doc.Root.Range, "a second document: a settings file is one document")
		case doc.Root.Kind != source.Map && doc.Root.Kind != source.Null:
			s.fault(doc.Root.Range, "a settings file is a map, not a %s", doc.Root.Kind)
		}
		for _, f := range doc.Root.Fields {
			s.read(f)
		}
	}
	s.count()
	return s, nil
}

// mostSettingFaults is how many mistakes of a settings file are named.
const mostSettingFaults = 50

// fault notes what is wrong with the file, and counts what is too much to name.
func (s *settings) fault(at source.Range, format string, args ...any) {
	if len(s.Found) == mostSettingFaults {
		s.unnamed++
		return
	}
	if at.EndLine > at.Line {
		at.EndLine, at.EndColumn = at.Line, at.Column+1
	}
	s.Found = append(s.Found, diag.Diagnostic{
		Check: diag.BadSettings, Message: fmt.Sprintf(format, args...),
		Help: "'sem config --help' lists what a settings file may have", At: source.Place{File: s.src, Exact: at},
	})
}

// count adds a finding about the mistakes that are not named, at the last that is.
func (s *settings) count() {
	if s.unnamed > 0 {
		last := s.Found[len(s.Found)-1]
		last.Message = fmt.Sprintf("%d more mistakes: the first %d of a settings file are named", s.unnamed, mostSettingFaults)
		s.Found = append(s.Found, last)
	}
}
