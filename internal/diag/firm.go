package diag

import "slices"

// firm are the checks whose findings cannot be silenced: they report what could not be read, and so is not part of the answer.
var firm = []*Check{
	Unreadable, tooLarge, notText, syntax, tabIndent, Template, duplicateKey, badAnchor, tooComplex, noJSON, notObject, noKind,
	noDocument, notConcrete, conflict, BadSettings,
}

// Firm reports whether the findings of a check cannot be disabled, suppressed, ignored or graded lower.
func (c *Check) Firm() bool { return slices.Contains(firm, c) }
