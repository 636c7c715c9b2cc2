package release

import (
	"fmt"
	"strconv"

	"sem.example/internal/lazy"
)

// envoyAhead is how much further the minor releases of Envoy are than those of Istio that ship them.
const envoyAhead = 8

// Envoy returns the release of Envoy that the proxies of the release run, such as 1.38.
func (r Release) Envoy() string { return EnvoyOf(r.String()) }

// EnvoyOf returns the release of Envoy that the proxies of a version of Istio run.
func EnvoyOf(version string) string {
	minor, _ := minorOf(version)
	return fmt.Sprintf("1.%d", minor+envoyAhead)
}

// Versions returns the release and its Envoy as an answer names them.
func (r Release) Versions() string { return fmt.Sprintf("Istio %s (Envoy %s)", r, r.Envoy()) }

// version is the version in the tag of an image or the name of a revision: 1.30.3, 1.30.3-distroless, v1.30, 1-30-3.
var version = lazy.Regexp(`^v?1[.-]([0-9]{1,3})($|[.+_-])`)

func minorOf(text string) (int, bool) {
	m := version().FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil
}

// Minor returns the release of a version such as 1.30.3-distroless or 1-30-3; false where it is none.
func Minor(version string) (string, bool) {
	n, ok := minorOf(version)
	return fmt.Sprintf("1.%d", n), ok
}

// Nearest returns the release that is known and next to the one of a version.
func Nearest(version string) string {
	n, _ := minorOf(version)
	newest, _ := minorOf(names[0])
	oldest, _ := minorOf(names[len(names)-1])
	return fmt.Sprintf("1.%d", min(max(n, oldest), newest))
}

// Compare orders versions by their releases, the older one first.
func Compare(a, b string) int {
	x, _ := minorOf(a)
	y, _ := minorOf(b)
	return x - y
}
