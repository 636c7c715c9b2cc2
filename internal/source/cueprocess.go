package source

import (
	"encoding/gob"
	"io"
	"slices"

	"sem.example/internal/subprocess"
)

// ServeCUE evaluates CUE files for the process that runs it (see [CUELimits.Program]); args are its last two arguments.
func ServeCUE(args []string, in io.Reader, out io.Writer) error {
	limits, err := subprocess.ParseLimits(args)
	if err != nil {
		return err
	}
	subprocess.Serve(in, out, limits, func(request cueRequest, send func(any) error) error {
		files := make([]content, len(request.Files))
		for i, f := range request.Files {
			files[i].file, files[i].named = &File{Name: f.Name, Data: f.Data}, f.Named
			if f.Data == nil { // encoding/gob does not tell an empty file from none
				files[i].file.Data = []byte{}
			}
			files[i].file.once.Do(files[i].file.scan)
		}
		var lost error
		r := &cueReader{library: request.Library, limits: request.Limits, begin: func(files []string) {
			lost = send(cuePart{Next: files})
		}}
		if r.read(files); lost != nil {
			return lost
		}
		return send(pack(files))
	})
	return nil
}

// readCUE reads the CUE files of one folder, in another process where there is one for that. A package that costs too much is left
// out, and the others are read.
func readCUE(files []content, opts Options) {
	if opts.pool == nil {
		(&cueReader{library: opts.Library, disk: disk{opts.FS}, limits: opts.CUE}).read(files)
		return
	}
	var left []*content
	for i := range files {
		if files[i].file.Data != nil {
			left = append(left, &files[i])
		}
	}
	for len(left) > 0 {
		costly, err := evaluateInProcess(left, opts)
		if err == nil {
			return
		}
		left = refuseCostly(left, costly, err)
	}
}

// evaluateInProcess has files read by another process. Where that fails it returns the absolute names of the files that were being
// evaluated.
func evaluateInProcess(files []*content, opts Options) (costly []string, err error) {
	request := cueRequest{Library: opts.Library, Limits: opts.CUE}
	for _, c := range files {
		request.Files = append(request.Files, cueFile{Name: c.file.Name, Data: c.file.Data, Named: c.named})
	}
	var part cuePart
	err = opts.pool.Call(request, func(from *gob.Decoder) (bool, error) {
		part = cuePart{}
		err := from.Decode(&part)
		if part.Next != nil {
			costly = part.Next
		}
		return part.Done, err
	})
	if err == nil {
		part.unpack(files)
	}
	return costly, err
}

// unevaluated begins the message about a package that costs too much, or ended the process that evaluates it.
const unevaluated = "the CUE package cannot be evaluated: "

// refuseCostly reports that files could not be evaluated, and returns the others. That is an error also where nothing in the text
// of the files looks like an object: what they import, or a key that they compute, may make one.
func refuseCostly(files []*content, costly []string, err error) []*content {
	var left, refused []*content
	for _, c := range files {
		if name, nameErr := (disk{}).absolute(c.file.Name); nameErr == nil && slices.Contains(costly, name) {
			refused = append(refused, c)
		} else {
			left = append(left, c)
		}
	}
	if len(refused) == 0 { // it ended before the first package, or between two
		left, refused = nil, files
	}
	start := Range{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}
	first := refused[0]
	first.problem(TooComplex, start, unevaluated+err.Error())
	p := &first.problems[len(first.problems)-1]
	p.Help = "Write less of it as computed values. --cue-limit raises the limits, as in --cue-limit memory=4GiB,time=2m."
	for _, c := range refused {
		if c != first {
			p.Related = append(p.Related, FileRange{File: c.file, Range: start, Note: "of the same package"})
		}
	}
	return left
}
