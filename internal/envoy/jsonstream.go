package envoy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A jsonStream reads a JSON document value by value, without holding the document: what nobody asks for is passed over.
type jsonStream struct{ d *json.Decoder }

func newStream(r io.Reader) jsonStream {
	d := json.NewDecoder(r)
	d.UseNumber()
	return jsonStream{d}
}

// token returns the next token of a value that has begun.
func (s jsonStream) token() (json.Token, error) {
	t, err := s.d.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	return t, nil
}

// object calls a function with each key of the next value, and reports whether the value is an object. The function
// reads the value of the key.
func (s jsonStream) object(each func(key string) error) (bool, error) {
	return s.within('{', func() error {
		t, err := s.token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		return each(key)
	})
}

// array calls a function that reads an element, for each element of the next value, and reports whether the value is an array.
func (s jsonStream) array(each func() error) (bool, error) { return s.within('[', each) }

func (s jsonStream) within(open json.Delim, each func() error) (bool, error) {
	t, err := s.token()
	if err != nil || t != open {
		return false, errors.Join(err, s.rest(t))
	}
	for s.d.More() {
		if err := each(); err != nil {
			return true, err
		}
	}
	_, err = s.token()
	return true, err
}

// text returns the next value if it is a string, and "" for any other.
func (s jsonStream) text() (string, error) {
	t, err := s.token()
	if err != nil {
		return "", err
	}
	text, _ := t.(string)
	return text, s.rest(t)
}

// skip passes over the next value.
func (s jsonStream) skip() error {
	t, err := s.token()
	if err != nil {
		return err
	}
	return s.rest(t)
}

// rest passes over what follows the first token of a value.
func (s jsonStream) rest(t json.Token) error {
	depth := 0
	for {
		if d, ok := t.(json.Delim); ok {
			if d == '{' || d == '[' {
				depth++
			} else {
				depth--
			}
		}
		if depth <= 0 {
			return nil
		}
		var err error
		if t, err = s.token(); err != nil {
			return err
		}
	}
}

// raw returns the text of the next value.
func (s jsonStream) raw() (json.RawMessage, error) {
	var text json.RawMessage
	if err := s.d.Decode(&text); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	return text, nil
}

// end reports what follows the document.
func (s jsonStream) end() error {
	if _, err := s.d.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	return nil
}
