package pipeline

import (
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// Read reads an input and reports what is wrong with its files, for those who only want to write the documents down
// elsewhere.
func Read(opts Options) (*diag.Report, error) {
	in, problems := source.Read(opts.Paths, opts.reading(nil))
	if err := missing(problems); err != nil {
		return nil, err
	}
	report := &diag.Report{Input: in, Files: len(in.Files), Documents: len(in.Documents), Findings: diag.Problems(problems)}
	report.Findings.Sort()
	return report, nil
}

// ReadShaped is [Read] with what is wrong with the shape of each document.
func ReadShaped(opts Options) (*diag.Report, error) {
	report, err := Read(opts)
	if err != nil {
		return nil, err
	}
	report.Findings = append(report.Findings, checkShapes(report.Input.Documents)...)
	report.Findings.Sort()
	return report, nil
}
