package output

import (
	"cmp"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// The parts of the Static Analysis Results Interchange Format 2.1.0 that a report fills.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
		Properties *sarifRelease `json:"properties,omitempty"`
	}
	sarifRelease struct {
		Releases []releaseDocument `json:"releases"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string          `json:"id"`
		ShortDescription sarifText       `json:"shortDescription"`
		FullDescription  sarifText       `json:"fullDescription"`
		Help             sarifText       `json:"help"`
		Default          sarifDefault    `json:"defaultConfiguration"`
		Properties       sarifProperties `json:"properties"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifProperties struct {
		Tags []string `json:"tags"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Related      []sarifLocation    `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Logical  []sarifName   `json:"logicalLocations,omitempty"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int32 `json:"startLine"`
		StartColumn int32 `json:"startColumn"`
		EndLine     int32 `json:"endLine"`
		EndColumn   int32 `json:"endColumn"`
	}
	sarifName struct {
		FullName string `json:"fullyQualifiedName"`
		Kind     string `json:"kind"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification,omitempty"`
	}
)

// SARIF prints a report in the Static Analysis Results Interchange Format 2.1.0, which code hosts show as alerts.
func SARIF(w io.Writer, r *diag.Report) error {
	rules := rulesOf(r)
	run := sarifRun{
		Tool:       sarifTool{Driver: sarifDriver{Name: "sem", Rules: make([]sarifRule, 0, len(rules))}},
		ColumnKind: "unicodeCodePoints", Results: make([]sarifResult, 0, len(r.Findings)),
	}
	for _, c := range rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(c))
	}
	if len(r.Releases) > 0 {
		run.Properties = &sarifRelease{releasesOf(r.Releases)}
	}
	seen := fingerprints{}
	for i := range r.Findings {
		d := &r.Findings[i]
		result := sarifResultOf(d)
		result.RuleIndex = slices.Index(rules, d.Check)
		result.Fingerprints = map[string]string{"sem/v1": seen.of(d)}
		run.Results = append(run.Results, result)
	}
	return JSON(w, sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

// rulesOf are the checks that drew findings, by ID.
func rulesOf(r *diag.Report) []*diag.Check {
	var rules []*diag.Check
	for i := range r.Findings {
		rules = append(rules, r.Findings[i].Check)
	}
	slices.SortFunc(rules, func(a, b *diag.Check) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Compact(rules)
}

func sarifRuleOf(c *diag.Check) sarifRule {
	help := c.Why + "\n\n" + c.Fix
	markdown := help
	for _, example := range []struct{ label, text string }{{"Wrong:", c.Wrong}, {"Right:", c.Right}} {
		if example.text != "" {
			markdown += "\n\n" + example.label + "\n\n```yaml\n" + strings.Trim(example.text, "\n") + "\n```"
		}
	}
	return sarifRule{
		ID: c.ID, ShortDescription: sarifText{Text: c.Title}, FullDescription: sarifText{Text: c.Why},
		Help: sarifText{Text: help, Markdown: markdown}, Default: sarifDefault{Level: sarifLevel(c.Severity)},
		Properties: sarifProperties{Tags: append([]string{"istio"}, c.Aliases...)},
	}
}

func sarifLevel(s diag.Severity) string {
	if s == diag.Info {
		return "note"
	}
	return string(s)
}

func sarifResultOf(d *diag.Diagnostic) sarifResult {
	result := sarifResult{
		RuleID: d.Check.ID, Level: sarifLevel(d.Level()), Message: sarifText{Text: d.Message + "\n" + d.Advice()},
		Locations: []sarifLocation{sarifLocationOf(d.At)}, Suppressions: []sarifSuppression{},
	}
	for i, rel := range d.Related {
		at := sarifLocationOf(rel.Place)
		at.ID, at.Message = i+1, &sarifText{Text: rel.Note}
		result.Related = append(result.Related, at)
	}
	if s := d.Suppressed; s != nil {
		kind := "inSource"
		if s.External {
			kind = "external"
		}
		result.Suppressions = append(result.Suppressions, sarifSuppression{Kind: kind, Justification: s.Reason})
	}
	return result
}

func sarifLocationOf(p source.Place) sarifLocation {
	file, r, rendered := templatePlace(p)
	at := sarifLocation{Physical: sarifPhysical{Artifact: sarifFile(file)}}
	if rendered != "" {
		at.Message = &sarifText{Text: "rendered: " + rendered}
	}
	if r.Known() {
		at.Physical.Region = &sarifRegion{StartLine: r.Line, StartColumn: r.Column, EndLine: r.EndLine, EndColumn: max(r.EndColumn, 1)}
	}
	if name := title(p); name != "" {
		at.Logical = []sarifName{{FullName: name, Kind: "object"}}
	}
	return at
}

// sarifFile names a file as a URI: relative to the root of the sources, which the reader knows, unless it is absolute.
func sarifFile(name string) sarifArtifact {
	name = filepath.ToSlash(name)
	if filepath.IsAbs(name) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: name}).String()}
	}
	return sarifArtifact{URI: (&url.URL{Path: strings.TrimPrefix(name, "./")}).EscapedPath(), Base: "%SRCROOT%"}
}
