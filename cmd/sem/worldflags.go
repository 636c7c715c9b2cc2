package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/pipeline"
)

// definedWorlds is the flag that the key "worlds" of a settings file sets.
const definedWorlds = "define-world"

// worldFlags say which worlds the input has, and which one is asked about.
type worldFlags struct {
	name    string
	defined []pipeline.NamedWorld
}

func (f *worldFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.name, "world", "", "use only the world `NAME`, a set of files that belong together, such as a kustomization or an environment, or the first world that has the file NAME; 'sem config' lists the worlds of the input")
	flags.Var(worldValue{f}, definedWorlds, "`NAME=PATH,...` of what belongs together (repeatable)")
	_ = flags.MarkHidden(definedWorlds) // the flag is there
}

// worldValue reads NAME=PATH,....
type worldValue struct{ flags *worldFlags }

func (v worldValue) String() string { return "" }
func (v worldValue) Type() string   { return "string" }

func (v worldValue) Set(text string) error {
	name, paths, found := strings.Cut(text, "=")
	if !found || name == "" || paths == "" {
		return fmt.Errorf("%q is not NAME=PATH", text)
	}
	if slices.ContainsFunc(v.flags.defined, func(w pipeline.NamedWorld) bool { return w.Name == name }) {
		return fmt.Errorf("the world %q is defined twice", name)
	}
	v.flags.defined = append(v.flags.defined, pipeline.NamedWorld{Name: name, Paths: strings.Split(paths, ",")})
	return nil
}

// candidates are those worlds that fit, or all where none does.
func candidates(first *pipeline.World, asked string, fits func(*pipeline.World) bool) ([]*pipeline.World, error) {
	names := first.Worlds()
	if asked != "" || len(names) < 2 {
		return []*pipeline.World{first}, nil
	}
	var all, fitting []*pipeline.World
	for _, name := range names {
		w := first
		if name != first.Name {
			var err error
			if w, err = first.Other(name); err != nil {
				return nil, err
			}
		}
		all = append(all, w)
		if fits(w) {
			fitting = append(fitting, w)
		}
	}
	if len(fitting) == 0 {
		return all, nil
	}
	return fitting, nil
}

// only returns the one world that fits. Where there are several the answers could differ.
func only(worlds []*pipeline.World) (*pipeline.World, error) {
	if len(worlds) == 1 {
		return worlds[0], nil
	}
	return nil, choose("the input has several worlds, whose results can differ", namesOf(worlds))
}

// choose is the error of a command that needs one of several worlds. More than a few are a line each.
func choose(problem string, worlds []string) error {
	const few = 4
	if len(worlds) <= few {
		return fmt.Errorf("%s: choose one with --world: %s", problem, strings.Join(worlds, ", "))
	}
	lines := []error{fmt.Errorf("%s: choose one with --world:", problem)}
	for _, name := range worlds {
		lines = append(lines, fmt.Errorf("  %s", name))
	}
	return errors.Join(lines...)
}

func namesOf(worlds []*pipeline.World) []string {
	var names []string
	for _, w := range worlds {
		names = append(names, w.Name)
	}
	return names
}
