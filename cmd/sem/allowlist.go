package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/release"
)

// A settingKey is a key that a settings file may have. Whoever proposes a change can write that file: no key may run a program,
// name a file to write, hide the answer, or let an answer pass that is not whole.
type settingKey struct {
	name   string
	group  string
	path   bool     // its values are paths, relative to the file
	many   bool     // takes a list
	values []string // the values that there are; nil for any
	except string   // the command whose flag of this name means something else, and does not come from a file
}

// The groups of the keys, as the help names them.
const (
	keysRead  = "what is read"
	keysJudge = "how findings and results are judged"
	keysLook  = "how output looks"
)

// settingKeys is the whole list. A flag that is not here belongs on the command line.
var settingKeys = []settingKey{
	{name: "filename", group: keysRead, path: true, many: true, except: "diff"},
	{name: "namespace", group: keysRead},
	{name: "mesh-config", group: keysRead, path: true},
	{name: "istio", group: keysRead, values: release.Names()},
	{name: "istiod-env", group: keysRead, many: true},
	{name: "each", group: keysRead, values: []string{"true", "false"}},
	{name: "worlds", group: keysRead},
	{name: "registry", group: keysRead, values: []string{"open", "closed"}},
	{name: "disable", group: keysJudge, many: true},
	{name: "enable", group: keysJudge, many: true},
	{name: "severity", group: keysJudge},
	{name: "ignore", group: keysJudge},
	{name: "fail-on", group: keysJudge, values: []string{"error", "warning", "info", "none"}},
	{name: "baseline", group: keysJudge, path: true},
	{name: "fail", group: keysJudge, values: []string{"true", "false"}},
	{name: "expect", group: keysJudge, many: true, except: "diff"},
	{name: "fail-fast", group: keysJudge, values: []string{"true", "false"}},
	{name: "coverage", group: keysJudge, values: []string{"true", "false"}},
	{name: "coverage-floor", group: keysJudge},
	{name: "output", group: keysLook, many: true},
	{name: "color", group: keysLook, values: []string{"auto", "always", "never"}},
	{name: "all", group: keysLook, values: []string{"true", "false"}},
	{name: "why", group: keysLook, values: []string{"true", "false"}},
	{name: "verbose", group: keysLook, values: []string{"true", "false"}},
}

// refusedKeys are flags that a settings file must not set, with the reason. Any other flag is refused as well.
var refusedKeys = map[string]string{
	"envoy":        "runs a program",
	"live":         "runs a program",
	"context":      "says where a program gets its login from",
	"kubeconfig":   "can name programs to run",
	"certs":        "writes files",
	"check":        "names a folder outside the input",
	"coverage-out": "writes a file",
	"dir":          "writes files",
	"fix":          "writes files",
	"force":        "overwrites files",
	"out":          "writes files",
	"update":       "writes files",
	"quiet":        "hides the result",
	"config":       "is about the settings file itself",
	"no-config":    "is about the settings file itself",
}

func settingNames() []string {
	var names []string
	for _, k := range settingKeys {
		names = append(names, k.name)
	}
	return names
}

// allowedKey returns the key of a name; the error says why there is none, and what to do instead.
func allowedKey(root *cobra.Command, name string) (settingKey, error) {
	at := slices.IndexFunc(settingKeys, func(k settingKey) bool { return k.name == name })
	switch {
	case at >= 0:
		return settingKeys[at], nil
	case refusedKeys[name] != "":
		return settingKey{}, fmt.Errorf("%q is not allowed in a settings file, because it %s: use --%s on the command line", name, refusedKeys[name], name)
	case knownFlag(root, name):
		return settingKey{}, fmt.Errorf("%q is not allowed in a settings file: use --%s on the command line", name, name)
	}
	if near := diag.Nearest(name, settingNames()); near != "" {
		return settingKey{}, fmt.Errorf("unknown key %q: did you mean %q?", name, near)
	}
	return settingKey{}, fmt.Errorf("unknown key %q: use one of %s", name, strings.Join(settingNames(), ", "))
}

// accepts returns why a key cannot have a value, or nil.
func (k settingKey) accepts(value string) error {
	switch {
	case k.values != nil && !slices.Contains(k.values, value):
		return fmt.Errorf("%s cannot be %q: use %s", k.name, value, anyOf(k.values))
	case k.name == "output" && strings.Contains(value, "="):
		format, _, _ := strings.Cut(value, "=")
		return fmt.Errorf("a settings file cannot name a file to write: use output: %s here, or -o %s on the command line", format, value)
	case k.path && value == "-":
		return fmt.Errorf("%s cannot be the standard input: set it on the command line", k.name)
	}
	return nil
}

// place is a path of the file as seen from the current folder. A file that was only found must not lead out of its repository.
func (s *settings) place(path string) (string, error) {
	if strings.HasPrefix(path, "git:") {
		return path, nil
	}
	name := path
	if !filepath.IsAbs(name) && filepath.Dir(s.File) != "." {
		name = filepath.Join(filepath.Dir(s.File), name)
	}
	if s.root != "" && !inside(s.root, name) {
		return "", fmt.Errorf("the path %q leads outside the repository: set it on the command line", path)
	}
	return name, nil
}

// anyOf lists words as alternatives.
func anyOf(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
