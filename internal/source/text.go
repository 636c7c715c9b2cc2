package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"
)

// maxFile is the size up to which a file is read, in bytes. It bounds the memory that a single input can take.
const maxFile = 40 << 20

var errSize = fmt.Errorf("the file is larger than %d MiB", maxFile>>20)

// bytes reads the input, up to the largest size that is accepted.
func (in input) bytes(opts Options) ([]byte, error) {
	if text, ok := opts.Edited[in.name]; ok {
		if len(text) > maxFile {
			return nil, errSize
		}
		return text, nil
	}
	from := opts.Stdin
	switch {
	case in.unpacked != nil:
		return in.unpacked.data, in.unpacked.err
	case opts.FS != nil:
		f, err := opts.FS.Open(in.name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	case in.name != "-":
		f, err := os.Open(in.name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	case from == nil:
		from = os.Stdin
	}
	return limited(from)
}

// ReadLimited reads a text of at most the size that a file may have.
func ReadLimited(from io.Reader) ([]byte, error) { return limited(from) }

func limited(from io.Reader) ([]byte, error) {
	var buf bytes.Buffer
	if f, ok := from.(*os.File); ok {
		info, err := f.Stat()
		switch {
		case err != nil:
			return nil, err
		case info.Size() > maxFile:
			return nil, errSize
		}
		buf.Grow(int(info.Size()) + bytes.MinRead)
	}
	if _, err := buf.ReadFrom(io.LimitReader(from, maxFile+1)); err != nil {
		return nil, err
	}
	if buf.Len() > maxFile {
		return nil, errSize
	}
	return buf.Bytes(), nil
}

// refuse reports that an input could not be read.
func (c *content) refuse(err error) {
	if errors.Is(err, errSize) {
		c.problem(TooLarge, Range{}, err.Error())
		return
	}
	c.problem(Unreadable, Range{}, reason(err))
}

// text reports whether the file holds UTF-8, and reports where it does not.
func (c *content) text() bool {
	data := c.file.Data
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		c.problem(NotText, c.file.span(0, 1), "the file is in UTF-16, not UTF-8")
		return false
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		c.problem(NotText, c.file.span(i, i+1), "the file is binary: it holds a byte of zero")
		return false
	}
	if utf8.Valid(data) {
		return true
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			c.problem(NotText, c.file.span(i, i+1), fmt.Sprintf("the byte 0x%02x is not valid UTF-8", data[i]))
			return false
		}
		i += size
	}
	return true
}
