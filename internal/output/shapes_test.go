package output

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
)

// An element is what the XML schemas of JUnit reports (those of Apache Ant and of Jenkins, which agree in this) say of an element.
type element struct {
	required, optional string // attributes
	children           string // in this order
}

var junitElements = map[string]element{
	"testsuites": {optional: "name tests failures errors time disabled", children: "testsuite"},
	"testsuite":  {required: "name tests failures errors", optional: "skipped time timestamp hostname id package", children: "properties testcase system-out system-err"},
	"testcase":   {required: "name classname", optional: "time assertions status", children: "skipped error failure system-out system-err"},
	"failure":    {optional: "message type"},
	"error":      {optional: "message type"},
	"skipped":    {optional: "message"},
	"system-out": {},
}

// TestJUnitShape holds reports to the elements, their order and their attributes. Go has no validator of XML Schema to hold them to
// the schemas themselves.
func TestJUnitShape(t *testing.T) {
	for _, text := range []string{print(t, "junit", sample()), print(t, "junit", clean())} {
		if err := wellFormed(text); err != nil {
			t.Error(err)
		}
	}
	for _, wrong := range []string{"<testsuites><testcase/></testsuites>", "<testsuites><testsuite/></testsuites>", `<testsuites colour="red"/>`} {
		if wellFormed(wrong) == nil {
			t.Errorf("%s passes", wrong)
		}
	}
}

// wellFormed reads a report element by element.
func wellFormed(text string) error {
	type open struct {
		element
		name string
		next int // position among the children
	}
	stack := []open{{element: element{children: "testsuites"}, name: "document"}}
	for tokens := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := tokens.Token()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			parent, name := &stack[len(stack)-1], token.Name.Local
			at := slices.Index(strings.Fields(parent.children), name)
			if at < parent.next {
				return errors.New(name + " does not belong here in " + parent.name)
			}
			parent.next = at
			e := junitElements[name]
			if err := e.attributes(name, token.Attr); err != nil {
				return err
			}
			stack = append(stack, open{element: e, name: name})
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
}

func (e element) attributes(name string, given []xml.Attr) error {
	var names []string
	for _, a := range given {
		names = append(names, a.Name.Local)
		if !slices.Contains(strings.Fields(e.required+" "+e.optional), a.Name.Local) {
			return errors.New(name + " has no attribute " + a.Name.Local)
		}
	}
	for _, required := range strings.Fields(e.required) {
		if !slices.Contains(names, required) {
			return errors.New(name + " needs the attribute " + required)
		}
	}
	return nil
}

// TestGitLabShape holds issues to the fields that GitLab documents: each is there, and there is no other.
func TestGitLabShape(t *testing.T) {
	type fields = map[string]any
	var issues []fields
	if err := json.Unmarshal([]byte(print(t, "gitlab", sample())), &issues); err != nil || len(issues) == 0 {
		t.Fatal(err, len(issues))
	}
	keys := func(f any) string {
		all, _ := f.(fields)
		return strings.Join(slices.Sorted(maps.Keys(all)), " ")
	}
	for _, issue := range issues {
		location, _ := issue["location"].(fields)
		for _, got := range [][2]string{
			{keys(issue), "check_name description fingerprint location severity"}, {keys(location), "lines path"}, {keys(location["lines"]), "begin end"},
		} {
			if got[0] != got[1] {
				t.Errorf("fields %q, want %q", got[0], got[1])
			}
		}
		if path, _ := location["path"].(string); path == "" || strings.HasPrefix(path, "./") {
			t.Errorf("path %q", path)
		}
	}
}
