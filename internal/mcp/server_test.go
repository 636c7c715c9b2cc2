package mcp

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"sem.example/internal/quote"
)

// client connects the SDK's own client with a server whose commands are run by a function.
func client(t *testing.T, run Runner, folders ...string) *sdk.ClientSession {
	t.Helper()
	server, err := New(run, folders)
	if err != nil {
		t.Fatal(err)
	}
	here, there := sdk.NewInMemoryTransports()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, "v0", there) }()
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "v0"}, nil).Connect(ctx, here, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close(); cancel(); <-ended })
	return session
}

func call(t *testing.T, session *sdk.ClientSession, tool, arguments string) (string, *sdk.CallToolResult) {
	t.Helper()
	result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: json.RawMessage(arguments)})
	if err != nil {
		t.Fatal(err)
	}
	return result.Content[0].(*sdk.TextContent).Text, result
}

// echo answers with the arguments that it was given.
func echo(_ context.Context, args []string) (Result, error) {
	return Result{Stdout: strings.Join(args, "\n") + "\n"}, nil
}

func TestArguments(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"mesh", "other"} {
		if err := os.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../other", filepath.Join("mesh", "link")); err != nil {
		t.Fatal(err)
	}
	session := client(t, echo, "mesh")
	tests := map[string]struct{ tool, arguments, want string }{
		"the folders of the server": {"validate", `{}`, "validate --filename=mesh"},
		"all of validate": {"validate", `{"paths":["mesh"],"namespace":"shop","istio":"1.30","world":"a","registry":"closed","baseline":"git:HEAD","all":true}`,
			"validate --filename=mesh --world=a --namespace=shop --istio=1.30 --registry=closed --baseline=git:HEAD --all"},
		"a baseline that is a file": {"validate", `{"baseline":"/etc/passwd"}`, `baseline "/etc/passwd": use git:REVISION`},
		"a trace": {"trace", `{"from":"shop/web","url":"http://reviews/","headers":{"b":"2","a":"1"},"why":true}`,
			"trace --filename=mesh --from=shop/web --header=a: 1 --header=b: 2 --why -- http://reviews/"},
		"a URL that looks like a flag": {"trace", `{"url":"--config-dump=/etc/passwd"}`, "trace --filename=mesh -- --config-dump=/etc/passwd"},
		"a value that looks like a flag": {"trace", `{"gateway":"--fail","method":"-X","url":"http://a/"}`,
			"trace --filename=mesh --gateway=--fail --request=-X -- http://a/"},
		"the last commit":               {"diff", `{}`, "diff -- mesh"},
		"two revisions":                 {"diff", `{"old":"git:v1:mesh","new":"git:HEAD:mesh"}`, "diff -- git:v1:mesh git:HEAD:mesh"},
		"a revision of a path outside":  {"diff", `{"old":"git:v1:other","new":"mesh"}`, "path other is outside the folders of this server (mesh)"},
		"routes of one service":         {"render", `{"from":"shop/web","type":"routes","fqdn":"a.b"}`, "render --filename=mesh --from=shop/web --type=routes --fqdn=a.b"},
		"certificates would be written": {"render", `{"type":"bootstrap"}`, `type "bootstrap": use listeners, routes, clusters, endpoints or all`},
		"tests":                         {"test", `{"run":"a.*"}`, "test --verbose --run=a.* -- mesh"},
		"a check":                       {"explain", `{"topic":"SEM140"}`, "explain -- SEM140"},
		"a path outside":                {"validate", `{"paths":["other"]}`, "path other is outside the folders of this server (mesh)"},
		"a path that leads out":         {"validate", `{"paths":["mesh/../other"]}`, "path mesh/../other is outside the folders of this server (mesh)"},
		"a link that leads out":         {"test", `{"paths":["mesh/link"]}`, "path mesh/link is outside the folders of this server (mesh)"},
		"standard input":                {"validate", `{"paths":["-"]}`, `path "-": name a file or folder`},
		"a path that is missing":        {"validate", `{"paths":["mesh/none"]}`, "path mesh/none: there is no such file or folder"},
		"a URL is needed":               {"trace", `{"url":""}`, "url is required, for example http://reviews:9080/"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, _ := call(t, session, test.tool, test.arguments)
			got = strings.ReplaceAll(got, "\n", " ")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	t.Chdir(t.TempDir())
	tests := map[string]struct {
		result Result
		text   string
		failed bool
		exit   float64
	}{
		"yes":      {Result{Stdout: "fine\n"}, "fine", false, 0},
		"no":       {Result{Exit: 1, Stdout: "two errors\n"}, "two errors", false, 1},
		"failed":   {Result{Exit: 2, Stderr: "sem: no such file\n"}, "sem: no such file", true, 2},
		"warned":   {Result{Stdout: "fine\n", Stderr: "left out: x\n"}, "fine\n\nleft out: x", false, 0},
		"silent":   {Result{}, "nothing to report", false, 0},
		"too long": {Result{Stdout: "[", Cut: true}, "[\n… the answer is longer than 128 KiB: ask for less", false, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			session := client(t, func(context.Context, []string) (Result, error) { return test.result, nil })
			text, result := call(t, session, "explain", `{"topic":"SEM140"}`)
			if diff := cmp.Diff(test.text, text); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			structure := map[string]any{"exit": test.exit}
			if diff := cmp.Diff(structure, result.StructuredContent); diff != "" || result.IsError != test.failed {
				t.Errorf("failed %v, want %v (-want +got):\n%s", result.IsError, test.failed, diff)
			}
		})
	}
}

// FuzzAnswer holds the texts for an agent to what docs/security.md promises of all that sem prints: nothing in them is invisible,
// whatever files and folders are called, and JSON stays JSON.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{"plain", "\x1b[31mred", "a\r\nb", "0 \r\r", "\u202eevil", "\u200bzero", "\xff", "\U000e0041tag", `"##vso[task.complete]"`, "\"\U000e0041\""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		result, _, err := answer(Result{Stdout: text, Stderr: text, Cut: true})
		if err != nil {
			t.Fatal(err)
		}
		checkVisible(t, result.Content[0].(*sdk.TextContent).Text)
		printed := json.Valid([]byte(text)) && !strings.Contains(text, "\r") // sem prints no carriage returns between the tokens of JSON
		if seen := visible(text); printed && !json.Valid([]byte(seen)) {
			t.Errorf("%q became %q", text, seen)
		}
	})
}

// checkVisible reports characters of a text that a terminal does not show as they are.
func checkVisible(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && r != '\t' && quote.Unsafe(r) || r == utf8.RuneError && !strings.Contains(text, "\uFFFD") {
			t.Errorf("%U is raw in %q", r, text)
			return
		}
	}
	if quote.LoggingCommand().MatchString(text) {
		t.Errorf("a logging command: %q", text)
	}
}

// Paths that an agent asks for are quoted in its errors, for a file may have named them.
func TestErrorsAreVisible(t *testing.T) {
	t.Chdir(t.TempDir())
	session := client(t, echo)
	for _, path := range []string{"../\x1b[31m", "none\u202e", "::error::x", "##vso[task.complete]"} {
		arguments, err := json.Marshal(map[string][]string{"paths": {path}})
		if err != nil {
			t.Fatal(err)
		}
		text, result := call(t, session, "validate", string(arguments))
		if !result.IsError {
			t.Errorf("%q is read", path)
		}
		checkVisible(t, text)
	}
}

// Each tool says that it only reads, and describes each of its arguments.
func TestTools(t *testing.T) {
	t.Chdir(t.TempDir())
	list, err := client(t, echo).ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
		if !tool.Annotations.ReadOnlyHint || *tool.Annotations.OpenWorldHint || *tool.Annotations.DestructiveHint {
			t.Errorf("%s does not say that it only reads", tool.Name)
		}
		for name, property := range tool.InputSchema.(map[string]any)["properties"].(map[string]any) {
			if property.(map[string]any)["description"] == nil {
				t.Errorf("%s: %s is not described", tool.Name, name)
			}
		}
	}
	if diff := cmp.Diff([]string{"diff", "explain", "render", "test", "trace", "validate"}, names); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFolderThatIsNone(t *testing.T) {
	if _, err := New(echo, []string{filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a folder that does not exist is served")
	}
}
