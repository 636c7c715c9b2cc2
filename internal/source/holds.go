package source

import (
	"bytes"
	"path/filepath"
	"strings"

	"sem.example/internal/lazy"
)

// mayHoldObject reports whether a file gives a sign of holding objects: it has the word apiVersion, which may be written with escapes
// or in UTF-16. A file must not escape the checks by how its keys are spelled.
func mayHoldObject(data []byte) bool {
	return bytes.Contains(data, []byte("apiVersion")) || inUTF16(data) || spelled().Match(data)
}

// spelled is how a key can be written so that the text does not contain it: by escapes of letters, by an escaped end of a line, and in
// base64.
var spelled = lazy.Regexp(`\\(?:u00|x|U000000)[4-7][0-9A-Fa-f]|\\\r?\n|!\S*binary`)

// inUTF16 reports whether a text in UTF-16 has the word apiVersion. Other readers of YAML take such a file.
func inUTF16(data []byte) bool {
	word := []byte(strings.Join(strings.Split("apiVersion", ""), "\x00"))
	return bytes.Contains(data, word)
}

// passedOver reports whether a file of a folder has a name that stands for something else than configuration: a hidden file, or request
// tests. kubectl applies such files, so those that hold objects are read all the same.
func passedOver(name string) bool { return hidden(name) || IsTest(name) }

func hidden(name string) bool { return strings.HasPrefix(filepath.Base(name), ".") }

// mayBeRead reports whether a file of a folder is opened. CUE passes over hidden files itself.
func mayBeRead(name string) bool { return !hidden(name) || filepath.Ext(name) != ".cue" }
