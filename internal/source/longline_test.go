package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// oneLine is a document of so many pairs on one line; a key that is not ASCII makes characters and bytes differ.
func oneLine(key string, pairs int) []byte {
	return []byte(`{"` + key + `":[` + strings.Repeat(`[1,"x"],`, pairs) + `[]]}`)
}

// Reading grows with the size of a document that is on one line, as generated JSON does.
func BenchmarkOneLine(b *testing.B) {
	for _, name := range []string{"a.json", "a.yaml"} {
		for _, key := range []string{"ascii", "schlüssel"} {
			for _, pairs := range []int{10_000, 40_000} {
				text := oneLine(key, pairs)
				b.Run(fmt.Sprintf("%s/%s/%d", filepath.Ext(name)[1:], key, pairs), func(b *testing.B) {
					b.SetBytes(int64(len(text)))
					for b.Loop() {
						if docs, problems := Parse(&File{Name: name, Data: text}); len(docs) != 1 || len(problems) > 1 {
							b.Fatal(len(docs), problems)
						}
					}
				})
			}
		}
	}
}

// Places on a long line are where a walk from its beginning finds them.
func TestLongLine(t *testing.T) {
	line := strings.Repeat("aü€𝄞", 700)
	f := &File{Data: []byte("first\n" + line + "\nlast ü\n")}
	for offset := 0; offset < len(f.Data); offset++ {
		if !utf8.RuneStart(f.Data[offset]) {
			continue
		}
		start := strings.LastIndexByte(string(f.Data[:offset]), '\n') + 1
		want := int32(utf8.RuneCount(f.Data[start:offset])) + 1
		l, column := f.position(offset)
		if column != want {
			t.Fatalf("offset %d is in column %d, want %d", offset, column, want)
		}
		if got := f.offset(l, column); got != offset {
			t.Fatalf("line %d, column %d is at %d, want %d", l, column, got, offset)
		}
	}
	if got := f.offset(2, 1<<20); got != strings.LastIndex(string(f.Data), "last") {
		t.Error("a column behind the line is at", got)
	}
}

// A large file without an object is one document of another kind, whatever is in it; one that was named is read.
func TestSkipped(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "other.json"), string(oneLine("a", largeForeign)))
	write(t, filepath.Join(dir, "broken.json"), "["+string(oneLine("a", largeForeign)))
	write(t, filepath.Join(dir, "mesh.json"), `{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","annotations":{"a":"`+strings.Repeat("x", largeForeign)+`"}}}`)
	in, problems := Read([]string{dir}, Options{})
	var got []string
	for _, d := range in.Documents {
		got = append(got, filepath.Base(d.File.Name)+" "+d.Kind)
	}
	if want := "broken.json |mesh.json Service|other.json "; strings.Join(got, "|") != want || len(problems) > 0 {
		t.Error(got, problems)
	}
	if _, problems := Read([]string{filepath.Join(dir, "broken.json")}, Options{}); len(problems) == 0 {
		t.Error("a broken file that was named is passed over")
	}
}

// TestTooLarge: a file beyond the bound is not read, however little of the disk it takes.
func TestTooLarge(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.yaml")
	write(t, name, "")
	if err := os.Truncate(name, maxFile+1); err != nil {
		t.Skip(err)
	}
	in, problems := Read([]string{name}, Options{})
	if len(in.Documents) > 0 || len(problems) != 1 || problems[0].Trouble != TooLarge {
		t.Error(len(in.Documents), problems)
	}
}

// A text that an editor has open has the limit of a file.
func TestEditedTooLarge(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.yaml")
	write(t, name, "")
	in, problems := Read([]string{name}, Options{Edited: map[string][]byte{name: make([]byte, maxFile+1)}})
	if len(in.Documents) > 0 || len(problems) != 1 || problems[0].Trouble != TooLarge {
		t.Error(len(in.Documents), problems)
	}
}
