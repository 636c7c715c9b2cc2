package main

import (
	"fmt"
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
)

// checksNamed returns the checks that a code stands for: an ID, a beginning of IDs, or a code of another tool. The error names the
// nearest code.
func checksNamed(code string) ([]*diag.Check, error) {
	var found []*diag.Check
	var known []string
	for _, c := range pipeline.Checks() {
		if known = append(append(known, c.ID), c.Aliases...); code != "" && diag.Covers(code, c) {
			found = append(found, c)
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	if near := diag.Nearest(code, known); near != "" {
		return nil, fmt.Errorf("there is no check %q: did you mean %s?", code, near)
	}
	return nil, fmt.Errorf("there is no check %q: 'sem checks' lists them", code)
}

// silenceable returns why a code cannot be disabled or ignored, or nil. A beginning of IDs leaves out those that cannot.
func silenceable(code string) error {
	checks, err := checksNamed(code)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(checks, func(c *diag.Check) bool { return !c.Firm() }) {
		return fmt.Errorf("%s cannot be silenced: it reports what could not be read", code)
	}
	return nil
}

// grade sets the severity of the checks of a code, but for those that cannot be lowered.
func grade(on map[string]diag.Severity, code, severity string) error {
	if ranks[severity] == 0 {
		return fmt.Errorf("the severity of %s is %q: use error, warning or info", code, severity)
	}
	checks, err := checksNamed(code)
	if err != nil {
		return err
	}
	for _, c := range checks {
		if c.Firm() && ranks[severity] < ranks[string(c.Severity)] {
			if c.ID == code {
				return fmt.Errorf("the severity of %s cannot be lowered: it reports what could not be read", code)
			}
			continue
		}
		on[c.ID] = diag.Severity(severity)
	}
	return nil
}
