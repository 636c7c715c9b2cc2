package decision

import "fmt"

// String is the test in the notation of a list of matchers: a value alone is compared as it is.
func (t TextTest) String() string {
	text := t.text()
	if t.AnyCase {
		text += " (in any case)"
	}
	return text
}

func (t TextTest) text() string {
	switch t.Test {
	case Is:
		return fmt.Sprintf("is %q", t.Value)
	case StartsWith:
		return fmt.Sprintf("starts with %q", t.Value)
	case EndsWith:
		return fmt.Sprintf("ends with %q", t.Value)
	case Contains:
		return fmt.Sprintf("contains %q", t.Value)
	case Matches:
		return fmt.Sprintf("matches %q", t.Value)
	case IsOrBelow:
		return fmt.Sprintf("is %q or below", t.Value)
	case MatchesTemplate:
		return fmt.Sprintf("matches the template %q", t.Value)
	case InRange:
		return fmt.Sprintf("is a number from %d to %d", t.Start, t.End-1)
	case Present:
		return "is present"
	case Absent:
		return "is absent"
	}
	return "has a matcher that sem does not know"
}
