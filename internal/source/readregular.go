package source

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrNotRegular is the error for what is neither a file nor a link to one, such as a device or a pipe, where a file is expected.
var ErrNotRegular = errors.New("it is not a regular file")

// ReadRegular reads a regular file of at most limit bytes. It does not wait for what is not a file: a pipe may never end.
func ReadRegular(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
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
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, fmt.Errorf("it has more than %d bytes, which is too much for a file of its kind", limit)
	}
	return data, err
}
