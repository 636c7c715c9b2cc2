package main

import (
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// read takes in one field of the settings file.
func (s *settings) read(f source.Field) {
	key, err := allowedKey(s.cmd.Root(), f.Key)
	if err != nil {
		s.fault(f.Range, "%v", err)
		return
	}
	switch f.Key {
	case "disable":
		s.Policy.Disable = s.codes(f, silenceable)
		s.Policy.File.Disable = s.Policy.Disable
	case "enable":
		s.Policy.Enable = s.codes(f, func(code string) error { _, err := checksNamed(code); return err })
	case "severity":
		s.severity(f)
	case "ignore":
		if f.Value.Kind != source.List {
			s.fault(f.Value.Range, "ignore is a list, not a %s", f.Value.Kind)
		}
		for _, item := range f.Value.Items {
			s.except(item)
		}
	case "worlds":
		s.worlds(f)
	default:
		s.flag(key, f)
	}
}

// flag takes in the value of a flag, or its values.
func (s *settings) flag(key settingKey, f source.Field) {
	for _, v := range s.scalars(key.name, f.Value, key.many) {
		err := key.accepts(v.Text)
		value := v.Text
		if err == nil && key.path {
			value, err = s.place(value)
		}
		if err != nil {
			s.fault(v.Range, "%v", err)
			continue
		}
		s.Flags = append(s.Flags, setting{flag: key.name, value: value, except: key.except, at: v.Range})
	}
}

// codes are the codes of checks in a field; those that are not accepted are faults.
func (s *settings) codes(f source.Field, accept func(string) error) []string {
	var codes []string
	for _, v := range s.scalars(f.Key, f.Value, true) {
		if err := accept(v.Text); err != nil {
			s.fault(v.Range, "%v", err)
			continue
		}
		codes = append(codes, v.Text)
	}
	return codes
}

// worlds takes in what belongs together, each as the value of a flag.
func (s *settings) worlds(f source.Field) {
	if f.Value.Kind != source.List {
		s.fault(f.Value.Range, "worlds is a list, as in [{name: prod, paths: [clusters/prod]}], not a %s", f.Value.Kind)
		return
	}
	for _, item := range f.Value.Items {
		name, list := item.StringAt("name"), item.Get("paths")
		if name == "" || list == nil || len(item.Fields) != 2 {
			s.fault(item.Range, "an entry of worlds has name and paths, as in {name: prod, paths: [clusters/prod]}")
			continue
		}
		var paths []string
		for _, v := range s.scalars("paths", list, true) {
			path, err := s.place(v.Text)
			if err != nil {
				s.fault(v.Range, "%v", err)
				continue
			}
			paths = append(paths, path)
		}
		if len(paths) > 0 {
			s.Flags = append(s.Flags, setting{flag: definedWorlds, value: name + "=" + strings.Join(paths, ","), at: item.Range})
		}
	}
}

// severity takes in how checks are graded. An ID goes before a beginning of IDs, which is shorter.
func (s *settings) severity(f source.Field) {
	if f.Value.Kind != source.Map {
		s.fault(f.Value.Range, "severity is a map of checks, as in {SEM124: warning}, not a %s", f.Value.Kind)
		return
	}
	fields := slices.Clone(f.Value.Fields)
	slices.SortStableFunc(fields, func(a, b source.Field) int { return len(a.Key) - len(b.Key) })
	for _, v := range fields {
		if _, err := checksNamed(v.Key); err != nil {
			s.fault(v.Range, "%v", err)
		} else if err := grade(s.Policy.Severity, v.Key, v.Value.Text); err != nil {
			s.fault(v.Value.Range, "%v", err)
		}
	}
	for id := range s.Policy.Severity {
		s.Policy.File.Severity[id] = true
	}
}

// except takes in one entry of ignore.
func (s *settings) except(item *source.Node) {
	e := diag.Exception{}
	fields := map[string]*string{
		"check": &e.Check, "kind": &e.Kind, "namespace": &e.Namespace, "name": &e.Name, "path": &e.Path, "reason": &e.Reason,
	}
	before := len(s.Found)
	if item.Kind != source.Map || len(item.Fields) == 0 {
		s.fault(item.Range, "an entry of ignore is a map with check, kind, namespace, name, path or reason")
	}
	for _, f := range item.Fields {
		to := fields[f.Key]
		if to == nil {
			s.fault(f.Range, "an entry of ignore has no field %q: use check, kind, namespace, name, path and reason", f.Key)
			continue
		}
		*to = f.Value.Text
		if f.Key == "check" {
			if err := silenceable(e.Check); err != nil {
				s.fault(f.Value.Range, "%v", err)
			}
		}
	}
	if len(s.Found) == before {
		s.Policy.Ignore = append(s.Policy.Ignore, e)
	}
}

// scalars are the values of a scalar, or of a list of them where a key takes one.
func (s *settings) scalars(key string, n *source.Node, many bool) []*source.Node {
	all := []*source.Node{n}
	if n.Kind == source.List && (many || len(n.Items) == 1) {
		all = n.Items
	}
	var out []*source.Node
	for _, v := range all {
		if v.Kind == source.Map || v.Kind == source.List || v.Kind == source.Null {
			s.fault(v.Range, "%s cannot be a %s here", key, v.Kind)
			continue
		}
		out = append(out, v)
	}
	return out
}
