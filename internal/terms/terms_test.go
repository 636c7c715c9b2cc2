package terms

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A phrase is what users do not read, and the better words.
type phrase struct {
	pattern *regexp.Regexp
	better  string
}

// phrases are the refused ones. docs/terms.md lists them for readers.
var phrases = []phrase{
	{regexp.MustCompile(`(?i)\bmend(s|ed|ing)?\b`), "fix"},
	{regexp.MustCompile(`(?i)\b(tells?|told|telling)\b`), "report, show, set, be given"},
	{regexp.MustCompile(`(?i)\b(is|are|was|were|be|it is) no (?:[a-z])`), "is not a …"},
	{regexp.MustCompile(`(?i)\bnone of\b`), "no …, not any of"},
	{regexp.MustCompile(`(?i)\bof (its|their|your|our) own([.,;:)]|$| (and|or|to|by|in|for|is|has|with)\b)`), "its own …, separate, independent"},
	{regexp.MustCompile(`(?i)\b(hold|holds|held) [^.,;]{0,40}\bto (the|a|an|what|its|their|it|them)\b`), "check against"},
	{regexp.MustCompile(`(?i)\b(stand|stands|stood) (in|at|under|there|for it)\b`), "is in, is at"},
	{regexp.MustCompile(`(?i)\bgrave(ly|r|st)?\b`), "severe"},
	{regexp.MustCompile(`(?i), so that\b`), "so"},
	{regexp.MustCompile(`(?i)\bdraws\b`), "causes"},
	{regexp.MustCompile(`(?i)\banswers? by itself\b`), "direct response"},
	{regexp.MustCompile(`(?i)\b(nobody|no one) (asks|asked)\b`), "default"},
	{regexp.MustCompile(`(?i)\bsettings of the mesh\b`), "MeshConfig"},
	{regexp.MustCompile(`(?i)\bnot looked at\b`), "ignored"},
	{regexp.MustCompile(`(?i)\bnot so\b`), "what is required: must be …"},
	{regexp.MustCompile(`(?i)\bno rule of the mesh\b`), "no Service or ServiceEntry"},
	{regexp.MustCompile(`(?i)\bbroken off\b`), "cancelled"},
	{regexp.MustCompile(`(?i)\blast one counts\b`), "takes precedence"},
	{regexp.MustCompile(`(?i)\b(dialled|passed on unread|travels unread)\b`), "unchanged, connected to"},
	{regexp.MustCompile(`(?i)\bworlds? of (its|their) own\b`), "validated independently"},
	{regexp.MustCompile(`(?i)\bforetells?\b`), "shows"},
	{regexp.MustCompile(`(?i)\bgrade[sd]? (it |them )?(otherwise|lower|as)\b`), "severity"},
	{regexp.MustCompile(`(?i)\bpass(es|ed)? (the )?(mesh|proxy|proxies|gateway|it) by\b`), "bypasses"},
	{regexp.MustCompile(`(?i)\blets? (nobody|nothing) (in|through)\b`), "allows no …"},
	{regexp.MustCompile(`(?i)\b(later|last|first|older|oldest|younger|newer|specific)( one)? (wins|counts|holds)\b`), "takes precedence"},
	{regexp.MustCompile(`(?i)\bwhat becomes of\b`), "what happens to, the result of"},
	{regexp.MustCompile(`(?i)\b(holds?|has) nothing but\b`), "contains only"},
	{regexp.MustCompile(`(?i)\bbrings? along\b|\bbrought along\b`), "includes"},
	{regexp.MustCompile(`(?i)\bmay stand for\b|\bstands? (before|behind|beside|apart|against)\b`), "is before, is behind"},
	{regexp.MustCompile(`(?i)\bmade up at random\b|\bmakes? up calls\b`), "random"},
	{regexp.MustCompile(`(?i)\b(is|are) silenced\b|\bsilenc(es|ing)\b`), "suppressed"},
	{regexp.MustCompile(`(?i)\b(answers? in place|answers? in the place)\b`), "impersonates, responds"},
	{regexp.MustCompile(`(?i)\bstrikes no\b|\bround in circles\b|\bstand(s|ing)? by\b`), "never fires, loops, is on standby"},
}

// refused returns the refused phrases of a text, each with the better words.
func refused(text string) []string {
	text = existence.ReplaceAllString(strings.Join(strings.Fields(text), " "), "")
	var out []string
	for _, p := range phrases {
		for _, found := range p.pattern.FindAllString(text, -1) {
			out = append(out, fmt.Sprintf("%q: write %s", found, p.better))
		}
	}
	return out
}

func TestRefused(t *testing.T) {
	for text, want := range map[string][]string{
		"the port is not a TLS port":             nil,
		"there is no port 443":                   nil,
		"wait so that it can start":              nil,
		"to mend it":                             {`"mend": write fix`},
		"the host is no Service":                 {`"is no S": write is not a …`},
		"it closes, so that the client sees 503": {`", so that": write so`},
		"None of them matches":                   {`"None of": write no …, not any of`},
	} {
		if diff := cmp.Diff(want, refused(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// existence are sentences that say that something does not exist. They may say "is no".
var existence = regexp.MustCompile(`(?i)\bthere (is|are|was|were|will be) no\b`)

// exempted reads the files that may still use refused phrases. The list may only shrink.
func exempted(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "exempted.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

// No string of the program and no page uses a refused phrase. A file of the list that no longer does must leave it.
func TestTerms(t *testing.T) {
	root := filepath.Join("..", "..")
	except := exempted(t)
	seen := map[string]bool{}
	for _, name := range files(t, root) {
		bad := problems(t, filepath.Join(root, name), name)
		seen[name] = true
		switch at := slices.Contains(except, name); {
		case at && len(bad) == 0:
			t.Errorf("%s is clean: remove it from testdata/exempted.txt", name)
		case !at:
			for _, b := range bad {
				t.Error(b)
			}
		}
	}
	for _, name := range except {
		if !seen[name] {
			t.Errorf("testdata/exempted.txt lists %s, which does not exist", name)
		}
	}
}

// files lists what users read: the sources of the program, the schema, and the pages. A path has slashes, from the root.
func files(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(path, root), string(filepath.Separator)))
		if d.IsDir() {
			if slices.Contains([]string{"testdata", ".git", ".envoy", "bin", "envoytest", "structure", "terms"}, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if read(name) {
			out = append(out, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// read reports whether users read the strings or the text of a file. The list of refused phrases, and pages that are made of
// strings of the program, are left out.
func read(name string) bool {
	switch {
	case strings.HasSuffix(name, "_test.go"), name == "docs/terms.md", name == "docs/checks.md", name == "docs/cli.md":
		return false
	case strings.HasSuffix(name, ".md"), strings.HasSuffix(name, ".cue"), strings.HasPrefix(name, "examples/") && strings.HasSuffix(name, ".yaml"):
		return true
	}
	return strings.HasSuffix(name, ".go") && strings.Count(name, "/") > 0
}

// problems returns the refused phrases of a file, each with its place.
func problems(t *testing.T, path, name string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	report := func(line int, text string) {
		for _, r := range refused(text) {
			out = append(out, fmt.Sprintf("%s:%d: %s", name, line, r))
		}
	}
	if strings.HasSuffix(name, ".go") {
		for line, text := range literals(t, path, data) {
			report(line, text)
		}
		slices.Sort(out)
		return out
	}
	line := 1
	for _, paragraph := range strings.SplitAfter(string(data), "\n\n") {
		report(line, paragraph)
		line += strings.Count(paragraph, "\n")
	}
	return out
}

// literals returns the string literals of a Go file that read as text, by line.
func literals(t *testing.T, path string, data []byte) map[int]string {
	t.Helper()
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, path, data, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]string{}
	ast.Inspect(tree, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil && strings.Contains(s, " ") {
				out[set.Position(l.Pos()).Line] += s + "\n"
			}
		}
		return true
	})
	return out
}
