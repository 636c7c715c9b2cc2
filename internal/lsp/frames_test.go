package lsp

import (
	"bufio"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Messages are read one after the other, and what is not one says why.
func TestFrames(t *testing.T) {
	long := strings.Repeat("a", 5000)
	for name, test := range map[string]struct {
		text string
		want []string
		err  string
	}{
		"two":                    {text: "Content-Length: 2\r\n\r\n{}Content-Length: 1\r\n\r\n1", want: []string{"{}", "1"}},
		"other headers":          {text: "content-length:2\r\nContent-Type: x\r\n\r\n{}", want: []string{"{}"}},
		"white space behind":     {text: "Content-Length: 900\r\n\r\n{}" + strings.Repeat(" ", 898) + "Content-Length: 1\r\n\r\n1", want: []string{"{}", "1"}},
		"lines without a return": {text: "Content-Length: 2\n\n{}", want: []string{"{}"}},
		"nothing":                {},
		"no length":              {text: "X: 1\r\n\r\n{}", err: "it has no Content-Length"},
		"a negative length":      {text: "Content-Length: -1\r\n\r\n{}", err: `Content-Length "-1" is not a number of bytes`},
		"a huge number":          {text: "Content-Length: 99999999999999999999\r\n\r\n", err: `Content-Length "99999999999999999999" is not a number of bytes`},
		"a huge length":          {text: "Content-Length: 4294967295\r\n\r\n{", err: "it is longer than 256 MiB"},
		"an endless header":      {text: long, err: "bufio: buffer full"},
		"endless headers":        {text: strings.Repeat("X: 1\r\n", 5000), err: "it has more than 16 headers"},
		"cut within headers":     {text: "Content-Length: 2\r\n", err: "unexpected EOF"},
		"cut within the message": {text: "Content-Length: 9\r\n\r\n{", err: "unexpected EOF"},
		"cut before the message": {text: "Content-Length: 9\r\n\r\n", err: "unexpected EOF"},
		"no JSON":                {text: "Content-Length: 2\r\n\r\n{{", err: "invalid character '{' looking for beginning of object key string"},
		"deep":                   {text: "Content-Length: 20000\r\n\r\n" + strings.Repeat("[", 20000), err: "exceeded max depth"},
	} {
		t.Run(name, func(t *testing.T) {
			var f frames
			from := bufio.NewReader(strings.NewReader(test.text))
			var got []string
			for {
				var message json.RawMessage
				if f.ReadObject(from, &message) != nil {
					break
				}
				got = append(got, string(message))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			switch {
			case test.err == "" && f.err != nil, test.err != "" && (f.err == nil || !strings.Contains(f.err.Error(), test.err)):
				t.Errorf("error %v, want %q", f.err, test.err)
			}
		})
	}
}
