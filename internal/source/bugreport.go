package source

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// bugReportFiles are the files of a report of "istioctl bug-report" that hold resources, in its folder "cluster". Its other lists of
// resources repeat a part of them.
var bugReportFiles = []string{"crs", "k8s-cluster-resources", "k8s-resources"}

// ofBugReport reports whether a path is that of such a file.
func ofBugReport(name string) bool {
	return path.Base(path.Dir(name)) == "cluster" && slices.Contains(bugReportFiles, path.Base(name))
}

// isArchive reports whether a file is an archive, by its name.
func isArchive(name string) bool {
	return strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".tgz")
}

// An entry is a file of an archive, or why it cannot be read.
type entry struct {
	data []byte
	err  error
}

// The limits of an archive: what it unpacks to in all, and how many entries it has. What is kept of it is bounded by what a file may
// have, and by how many files of a report there can be.
const (
	maxUnpacked = 1 << 30
	maxEntries  = 100_000
	maxReports  = 8
)

var (
	errUnpacked = fmt.Errorf("the archive unpacks to more than %d MiB, or has too many entries", maxUnpacked>>20)
	errNoReport = errors.New("the archive is not read: only one of 'istioctl bug-report' is, with a folder cluster that has the files " + strings.Join(bugReportFiles, ", "))
)

// archive adds the files of a report that an archive holds. It is read as a stream, and nothing is written: neither links nor names that
// lead elsewhere have an effect.
func (w *walker) archive(name string) {
	found, err := unpack(name)
	if err == nil && len(found) == 0 {
		err = errNoReport
	}
	if err != nil {
		w.add(input{name: name, named: true, unpacked: &entry{err: err}})
		return
	}
	for _, in := range found {
		w.add(in)
	}
}

func unpack(name string) ([]input, error) {
	switch info, err := os.Stat(name); { // before it is opened, which waits for the other end of a pipe
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, ErrNotRegular
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("the archive is damaged: %w", err)
	}
	return entries(name, &io.LimitedReader{R: unzipped, N: maxUnpacked})
}

// entries returns the files of a report among those of an archive.
func entries(name string, bounded *io.LimitedReader) ([]input, error) {
	archive := tar.NewReader(bounded)
	var found []input
	for n := 0; ; n++ {
		head, err := archive.Next()
		switch {
		case bounded.N <= 0 || n == maxEntries || len(found) == maxReports:
			return nil, errUnpacked
		case errors.Is(err, io.EOF):
			return found, nil
		case err != nil:
			return nil, fmt.Errorf("the archive is damaged: %w", err)
		}
		inside := path.Clean("/" + head.Name)[1:]
		if head.Typeflag != tar.TypeReg || !ofBugReport(inside) {
			continue
		}
		in := input{name: name + "/" + inside, unpacked: &entry{}}
		if slices.ContainsFunc(found, func(o input) bool { return o.name == in.name }) {
			return nil, fmt.Errorf("the archive has two files %s", inside)
		}
		e := in.unpacked
		if e.data, e.err = limited(archive); bounded.N <= 0 {
			return nil, errUnpacked
		}
		found = append(found, in)
	}
}
