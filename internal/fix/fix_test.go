package fix_test

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/diag"
	"sem.example/internal/fix"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

// TestExamples fixes the wrong example of each check that can be fixed, and validates again. It becomes the right example, so that
// traces of both are the same.
func TestExamples(t *testing.T) {
	for _, check := range pipeline.Checks() {
		if !check.Fixable || check.Wrong == "" || elsewhere[check.ID] {
			continue
		}
		t.Run(check.ID, func(t *testing.T) {
			before, after, texts := fixed(t, map[string]string{"a.yaml": check.Wrong})
			if before[check.ID] == 0 || after[check.ID] != 0 {
				t.Errorf("%d findings of the check before, %d after", before[check.ID], after[check.ID])
			}
			notMore(t, before, after)
			if diff := cmp.Diff(trees(check.Right), trees(texts["a.yaml"])); diff != "" {
				t.Errorf("the fixed example is not the right one (-right +fixed):\n%s", diff)
			}
		})
	}
}

// elsewhere are checks of which only other findings than that of the example can be fixed: testdata has those.
var elsewhere = map[string]bool{"SEM028": true, "SEM227": true}

// TestFixableIsSaid: only checks that say so have fixes, and each of them has one that is tested.
func TestFixableIsSaid(t *testing.T) {
	tested := map[string]bool{}
	archives(t, func(_ *testing.T, a *txtar.Archive) {
		for id := range fixedIDs(a) {
			tested[id] = true
		}
	})
	for _, check := range pipeline.Checks() {
		found, _ := report(t, map[string]string{"a.yaml": check.Wrong}, nil)
		for _, d := range found {
			if len(d.Edit) > 0 && !d.Check.Fixable {
				t.Errorf("%s has a fix and does not say so", d.Check.ID)
			}
		}
		if check.Fixable && (check.Wrong == "" || elsewhere[check.ID]) && !tested[check.ID] {
			t.Errorf("no fix of %s is tested", check.ID)
		}
	}
}

// TestFixes fixes the files of each archive of testdata: "name" becomes "fixed/name", or stays as it is where the archive has no such
// file. A line of the comment, "fixes: SEM301 SEM302", names the checks of which no finding is left. Files whose name begins with crlf
// have lines that end as those of Windows.
func TestFixes(t *testing.T) {
	archives(t, func(t *testing.T, a *txtar.Archive) {
		files, want := map[string]string{}, map[string]string{}
		for _, f := range a.Files {
			text := string(f.Data)
			name, isFixed := strings.CutPrefix(f.Name, "fixed/")
			if strings.HasPrefix(name, "crlf") {
				text = strings.ReplaceAll(text, "\n", "\r\n")
			}
			if want[name] = text; !isFixed {
				files[name] = text
			}
		}
		before, after, texts := fixed(t, files)
		if diff := cmp.Diff(want, texts); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for id := range fixedIDs(a) {
			if after[id] != 0 {
				t.Errorf("%s: %d findings are left", id, after[id])
			}
		}
		notMore(t, before, after)
		if _, _, again := fixed(t, texts); !maps.Equal(again, texts) {
			t.Errorf("fixing again changes more:\n%s", cmp.Diff(texts, again))
		}
	})
}

func archives(t *testing.T, do func(*testing.T, *txtar.Archive)) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { do(t, a) })
	}
}

// fixedIDs are the checks that the comment of an archive names.
func fixedIDs(a *txtar.Archive) map[string]bool {
	ids := map[string]bool{}
	for line := range strings.Lines(string(a.Comment)) {
		if list, ok := strings.CutPrefix(line, "fixes:"); ok {
			for _, id := range strings.Fields(list) {
				ids[id] = true
			}
		}
	}
	return ids
}

// fixed fixes files, and counts the findings of each check before and after.
func fixed(t testing.TB, files map[string]string) (before, after map[string]int, texts map[string]string) {
	t.Helper()
	var last []*diag.Diagnostic
	first := true
	validate := func(edited map[string][]byte) ([]*diag.Diagnostic, error) {
		all, err := report(t, files, edited)
		if last = all; first {
			before, first = counted(all), false
		}
		return slices.DeleteFunc(slices.Clone(all), func(d *diag.Diagnostic) bool { return !d.Fixable() }), err
	}
	changed, err := fix.Repeat(validate, func(*source.File) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	texts = maps.Clone(files)
	for _, f := range changed {
		texts[f.Name] = string(f.After)
	}
	return before, counted(last), texts
}

func report(t testing.TB, files map[string]string, edited map[string][]byte) ([]*diag.Diagnostic, error) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	r, err := pipeline.Validate(pipeline.Options{FS: fsys, Paths: slices.Sorted(maps.Keys(files)), Edited: edited}, pipeline.ValidateOptions{})
	if err != nil {
		return nil, err
	}
	var found []*diag.Diagnostic
	for i := range r.Findings {
		found = append(found, &r.Findings[i])
	}
	return found, nil
}

func counted(found []*diag.Diagnostic) map[string]int {
	n := map[string]int{}
	for _, d := range found {
		n[d.Check.ID]++
	}
	return n
}

func notMore(t *testing.T, before, after map[string]int) {
	t.Helper()
	for id, n := range after {
		if n > before[id] {
			t.Errorf("%s: %d findings before, %d after", id, before[id], n)
		}
	}
}

// trees are the documents of a text as JSON.
func trees(text string) []string {
	var all []string
	docs, _ := source.Parse(&source.File{Name: "a.yaml", Data: []byte(text)})
	for _, doc := range docs {
		all = append(all, string(doc.Tree().AppendJSON(nil)))
	}
	return all
}

// FuzzFix: a fixed text has as many documents as before, no mistake of syntax that it did not have, and nothing more to fix.
func FuzzFix(f *testing.F) {
	for _, check := range pipeline.Checks() {
		if check.Fixable {
			f.Add([]byte(check.Wrong))
		}
	}
	names, _ := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(file.Data)
			f.Add(bytes.ReplaceAll(file.Data, []byte("\n"), []byte("\r\n")))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 10_000 {
			return
		}
		_, _, once := fixed(t, map[string]string{"a": string(text)})
		if once["a"] == string(text) {
			return
		}
		docs, problems := source.Parse(&source.File{Name: "a", Data: text})
		after, more := source.Parse(&source.File{Name: "a", Data: []byte(once["a"])})
		if len(docs) != len(after) || len(more) > len(problems) {
			t.Fatalf("%d documents and %d problems become %d and %d:\n%s", len(docs), len(problems), len(after), len(more), once["a"])
		}
		if _, _, twice := fixed(t, once); twice["a"] != once["a"] {
			t.Fatalf("fixed again:\n%s", cmp.Diff(once["a"], twice["a"]))
		}
	})
}
