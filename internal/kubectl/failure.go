package kubectl

import (
	"fmt"
	"regexp"

	"sem.example/internal/lazy"
)

// logged is how a line begins that klog writes: "E1130 12:20:37.000000   1234 memcache.go:265] …".
var logged = lazy.Regexp(`^[IWEF]\d{4} \d\d:\d\d:\d\d`)

// causes are why kubectl gives nothing, in the words of the user, by what kubectl says. The first that matches counts.
var causes = []struct {
	says  func() *regexp.Regexp
	words string
}{
	{lazy.Regexp(`context .*does not exist|no context exists|context was not found`), "kubectl has no such context: 'kubectl config get-contexts' lists them"},
	{lazy.Regexp(`error loading config file|Missing or incomplete configuration|invalid configuration|kubeconfig|error: stat `), "kubectl cannot use its configuration: check --kubeconfig and KUBECONFIG"},
	{lazy.Regexp(`You must be logged in|Unauthorized|getting credentials|[Tt]oken .*expired|refresh token|provide credentials`), "the cluster does not accept the login: log in again"},
	{lazy.Regexp(`did you specify the right host or port|Unable to connect|no such host|connection refused|i/o timeout|Client\.Timeout|TLS handshake|x509:`), "the cluster cannot be reached: check the context, the network and the VPN"},
	{lazy.Regexp(`Forbidden`), "the cluster does not permit this user to read it"},
}

// failure is the error for a kubectl that gives nothing.
func failure(said string) error {
	first := "it says nothing"
	if all := lines(said); len(all) > 0 {
		first = all[0]
	}
	for _, c := range causes {
		if c.says().MatchString(first) {
			return fmt.Errorf("%s (kubectl: %s)", c.words, first)
		}
	}
	return fmt.Errorf("kubectl failed: %s", first)
}
