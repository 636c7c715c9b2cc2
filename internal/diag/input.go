package diag

import "sem.example/internal/source"

// Input lists the checks of what comes before any meaning: files, syntax, and the outline of an object.
var Input = []*Check{
	Unreadable, tooLarge, notText, syntax, tabIndent, template, duplicateKey, badAnchor, tooComplex, noJSON, notObject,
	noKind, noDocument, notConcrete, twoReadings, UnknownKind, Undecodable, badSuppression, UnknownSetting,
}

// The checks of the input. Those that other packages use are exported.
var (
	Unreadable     = &Check{ID: "SEM001", Title: "file cannot be read", Severity: Error}
	tooLarge       = &Check{ID: "SEM002", Title: "file is too large", Severity: Error}
	notText        = &Check{ID: "SEM003", Title: "file is not UTF-8 text", Severity: Error}
	syntax         = &Check{ID: "SEM004", Title: "text is not valid YAML, JSON or CUE", Severity: Error}
	tabIndent      = &Check{ID: "SEM005", Title: "YAML is indented with tabs", Severity: Error}
	template       = &Check{ID: "SEM006", Title: "template was not rendered", Severity: Error}
	duplicateKey   = &Check{ID: "SEM007", Title: "key is set twice", Severity: Error}
	badAnchor      = &Check{ID: "SEM008", Title: "anchor, alias or merge key is wrong", Severity: Error}
	tooComplex     = &Check{ID: "SEM009", Title: "document is too deep or unfolds without end", Severity: Error}
	noJSON         = &Check{ID: "SEM010", Title: "key or value has no JSON form", Severity: Error}
	notObject      = &Check{ID: "SEM011", Title: "document is not an object", Severity: Error}
	noKind         = &Check{ID: "SEM012", Title: "object has no kind or apiVersion", Severity: Error}
	noDocument     = &Check{ID: "SEM013", Title: "file holds no document", Severity: Warning}
	notConcrete    = &Check{ID: "SEM014", Title: "CUE value is not concrete", Severity: Error}
	twoReadings    = &Check{ID: "SEM015", Title: "scalar reads differently in YAML 1.1 and 1.2", Severity: Warning}
	UnknownKind    = &Check{ID: "SEM016", Title: "Istio has no such kind or version", Severity: Error}
	Undecodable    = &Check{ID: "SEM017", Title: "field does not fit its kind", Severity: Error}
	UnknownSetting = &Check{ID: "SEM019", Title: "mesh has no such setting", Severity: Warning}
	badSuppression = &Check{ID: "SEM018", Title: "suppression comment is not understood", Severity: Warning}
)

// checks are the checks of each trouble of the source package.
var checks = map[source.Trouble]*Check{
	source.Unreadable: Unreadable, source.TooLarge: tooLarge, source.NotText: notText, source.Syntax: syntax,
	source.TabIndent: tabIndent, source.Template: template, source.DuplicateKey: duplicateKey, source.BadAnchor: badAnchor,
	source.TooComplex: tooComplex, source.NoJSON: noJSON, source.NotObject: notObject, source.NoKind: noKind,
	source.NoDocument: noDocument, source.NotConcrete: notConcrete, source.TwoReadings: twoReadings,
	source.BadSuppression: badSuppression,
}

// Problems makes findings of what was wrong with the input.
func Problems(problems []source.Problem) List {
	var found List
	for _, p := range problems {
		d := Diagnostic{Check: checks[p.Trouble], Message: p.Message, Help: p.Help, At: Place{File: p.File, Exact: p.Range}}
		for _, m := range p.Related {
			d.Related = append(d.Related, Related{Place: Place{File: p.File, Exact: m.Range}, Note: m.Note})
		}
		found = append(found, d)
	}
	return found
}
