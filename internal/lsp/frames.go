package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
)

// maxMessage is how long a message of an editor may be, in bytes: a text of the size that a file may have, each character escaped.
const maxMessage = 256 << 20

// maxHeaders is how many headers a message may have. Each is as long as the buffer of the connection, at most.
const maxHeaders = 16

// frames are the messages of a connection, each behind headers with its length. The error is the one that ended the connection, for
// the connection itself does not say why it ends.
type frames struct {
	mu  sync.Mutex // the message exit ends the connection while the next one is awaited
	err error
}

// fault is the error that ended the connection; nil where none did.
func (f *frames) fault() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// WriteObject writes a message.
func (*frames) WriteObject(to io.Writer, message any) error {
	data, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(to, "Content-Length: %d\r\n\r\n%s", len(data), data)
	return err
}

// ReadObject reads a message.
func (f *frames) ReadObject(from *bufio.Reader, message any) error {
	err := readFrame(from, message)
	closed := errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) || errors.Is(err, io.ErrClosedPipe) // by the message exit
	if err != nil && !closed {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.err = fmt.Errorf("a message of the editor cannot be read: %w", err)
	}
	return err
}

func readFrame(from *bufio.Reader, message any) error {
	length, err := readLength(from)
	if err != nil {
		return err
	}
	body := io.LimitReader(from, length)
	if err := json.NewDecoder(body).Decode(message); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	_, err = io.Copy(io.Discard, body) // white space behind the message
	return err
}

// readLength reads the headers of a message and returns its length. The error is [io.EOF] only if there is no further message.
func readLength(from *bufio.Reader) (int64, error) {
	length := int64(-1)
	for n := range maxHeaders {
		line, err := from.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && n == 0 && len(line) == 0:
			return 0, io.EOF
		case errors.Is(err, io.EOF):
			return 0, io.ErrUnexpectedEOF
		case err != nil:
			return 0, err
		}
		name, value, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), ":")
		switch {
		case name == "" && length < 0:
			return 0, errors.New("it has no Content-Length")
		case name == "":
			return length, nil
		case strings.EqualFold(name, "Content-Length"):
			if length, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64); err != nil || length < 0 {
				return 0, fmt.Errorf("Content-Length %q is not a number of bytes", strings.TrimSpace(value))
			}
			if length > maxMessage {
				return 0, fmt.Errorf("it is longer than %d MiB", maxMessage>>20)
			}
		}
	}
	return 0, fmt.Errorf("it has more than %d headers", maxHeaders)
}
