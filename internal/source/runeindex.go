package source

import (
	"sort"
	"unicode/utf8"
)

// runeBlock is after how many bytes the characters of a file are counted anew. Without the counts, every place on a long
// line would be found by a walk from its beginning.
const runeBlock = 1 << 10

// countRunes counts the characters before each block of the file.
func (f *File) countRunes() {
	f.runes = make([]int32, 0, len(f.Data)/runeBlock+1)
	n := 0
	for at := 0; at <= len(f.Data); at += runeBlock {
		f.runes = append(f.runes, int32(n))
		n += runeStarts(f.Data[at:min(at+runeBlock, len(f.Data))])
	}
}

// runesBefore is how many characters begin before an offset.
func (f *File) runesBefore(offset int) int {
	if f.ascii {
		return offset
	}
	block := offset / runeBlock
	return int(f.runes[block]) + runeStarts(f.Data[block*runeBlock:offset])
}

// runesBetween is how many characters begin between two offsets.
func (f *File) runesBetween(from, to int) int {
	if !f.ascii && to-from < runeBlock {
		return runeStarts(f.Data[from:to])
	}
	return f.runesBefore(to) - f.runesBefore(from)
}

// forward is the offset of a character so many characters behind an offset.
func (f *File) forward(from, n int) int {
	at := from
	if n >= runeBlock {
		want := f.runesBefore(from) + n
		block := sort.Search(len(f.runes), func(i int) bool { return int(f.runes[i]) > want }) - 1
		for at = max(from, block*runeBlock); at < len(f.Data) && !utf8.RuneStart(f.Data[at]); at++ {
		}
		n = want - f.runesBefore(at)
	}
	for ; n > 0 && at < len(f.Data); n-- {
		_, size := utf8.DecodeRune(f.Data[at:])
		at += size
	}
	return at
}

// runeStarts counts the bytes that begin a character.
func runeStarts(text []byte) int {
	n := 0
	for _, c := range text {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}
