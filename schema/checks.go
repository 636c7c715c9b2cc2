package schema

import (
	"slices"

	"sem.example/internal/diag"
)

// firstRule is the ID of the first check of a combination of fields. The checks before it are of single values.
const firstRule = "SEM040"

// Checks returns every check that the schema words, by ID. What they look for is in the .cue files, behind
// error("SEMnnn: …").
func Checks() []*diag.Check {
	return slices.Concat(
		[]*diag.Check{unknownField, wrongType, MissingField}, valueChecks, sharedRules, serviceEntryRules, destinationRuleRules,
		virtualServiceRules, gatewayRules, securityRules, gatewayAPIRules,
	)
}

// byID returns a check by the ID that the schema names, or another where it names none.
func byID(id string, otherwise *diag.Check) *diag.Check {
	if id == diag.UnknownKind.ID {
		return diag.UnknownKind
	}
	for _, c := range Checks() {
		if c.ID == id {
			return c
		}
	}
	return otherwise
}
