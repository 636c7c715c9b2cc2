package kubectl

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// errNoList is for an output that is not a list of objects.
var errNoList = errors.New("kubectl does not write a list of objects")

// eachItem hands on the items of a List in JSON one by one, so that a large cluster is never in memory as a whole.
func eachItem(from io.Reader, take func(json.RawMessage) error) error {
	dec := json.NewDecoder(from)
	tok, err := dec.Token()
	if err != nil || tok != json.Delim('{') {
		return errNoList
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return cut(err)
		}
		if key != "items" {
			var other json.RawMessage
			if err := dec.Decode(&other); err != nil {
				return cut(err)
			}
			continue
		}
		if tok, err := dec.Token(); err != nil || tok != json.Delim('[') {
			return errNoList
		}
		for dec.More() {
			var item json.RawMessage
			if err := dec.Decode(&item); err != nil {
				return cut(err)
			}
			if err := take(item); err != nil {
				return err
			}
		}
		if _, err := dec.Token(); err != nil {
			return cut(err)
		}
	}
	return nil
}

func cut(err error) error { return fmt.Errorf("kubectl's output ends inside an object: %w", err) }
