package schema

import (
	"cmp"
	"regexp"
	"strings"
)

// advices word what to do about a message that the schema or a limit words. The first that matches counts. FIELD is the field,
// and $1 and $2 are groups of the pattern. Where no pattern matches, the fix of the check applies.
var advices = []struct {
	words  *regexp.Regexp
	advice string
}{
	{regexp.MustCompile(`^and (\S+?),? .*are mutually exclusive.*`), "remove FIELD or $1"},
	{regexp.MustCompile(`^must be a path that begins with /.*`), "begin the value with a slash"},
	{regexp.MustCompile(`^must be an IP address or a host name that DNS can resolve$`), "write an IP address or a host name"},
	{regexp.MustCompile(`^is out of range \((\d+) to (\d+)\)$`), "use a number from $1 to $2"},
	{regexp.MustCompile(`^.*: use (.+)$`), "use $1"},
	{regexp.MustCompile(`^(?:must be left out|is reserved|must be empty).*`), "remove FIELD"},
	{regexp.MustCompile(`^must not be empty$`), "set a value, or remove FIELD"},
	{regexp.MustCompile(`^must have at most \d+ characters?$`), "shorten the value"},
	{regexp.MustCompile(`^must have at most (\d+ items?)$`), "keep at most $1, or split the list over several resources"},
	{regexp.MustCompile(`^must have at least (.+)$`), "give FIELD at least $1"},
	{regexp.MustCompile(`^must be at (least|most) (\S+)$`), "use a value of at $1 $2"},
	{regexp.MustCompile(`^is only supported with (.+)$`), "use $1, or remove FIELD"},
	{regexp.MustCompile(`^is only supported on (.+)$`), "remove FIELD, which only $1 can have"},
	{regexp.MustCompile(`^is not supported with (.+)$`), "remove FIELD, or change the action"},
	{regexp.MustCompile(`^must be the path of (.+)$`), "set FIELD to the path of $1"},
}

// advice returns what to do about a mistake: the value that the schema accepts, or the advice for its message, or "".
func advice(m mistake) string {
	return cmp.Or(correction(m), adviceFor(m.words, cmp.Or(m.name, "the field")))
}

// adviceFor returns the advice for a message about a field, or "".
func adviceFor(words, field string) string {
	for _, a := range advices {
		if a.words.MatchString(words) {
			return strings.ReplaceAll(a.words.ReplaceAllString(words, a.advice), "FIELD", field)
		}
	}
	return ""
}
