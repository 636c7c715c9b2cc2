package validate

import (
	"regexp"
	"strings"
)

var (
	label   = regexp.MustCompile(`^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$`)
	numeric = regexp.MustCompile(`^[0-9]+$`)
)

// isHostName says whether a text is a DNS name without wildcard. A final dot is allowed; a last label of digits is not, for that
// is how IP addresses look.
func isHostName(s string) bool {
	if len(s) > 255 {
		return false
	}
	labels := strings.Split(s, ".")
	last := len(labels) - 1
	if last > 0 && labels[last] == "" {
		labels = labels[:last]
	} else if numeric.MatchString(labels[last]) {
		return false
	}
	for _, l := range labels {
		if !label.MatchString(l) {
			return false
		}
	}
	return true
}
