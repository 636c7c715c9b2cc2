package mcp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"sem.example/internal/quote"
)

// A Result is what a command of sem printed, and its exit code: 0 yes, 1 no, 2 the command failed.
type Result struct {
	Exit           int
	Stdout, Stderr string
	Cut            bool // the command printed more than is kept
}

// A Runner runs sem with arguments, until its context ends.
type Runner func(ctx context.Context, args []string) (Result, error)

// Server is a server of the tools.
type Server struct {
	run     Runner
	folders *folders
}

const instructions = `sem answers questions about Istio service mesh configuration from files, offline.
Use validate after each change of a VirtualService, DestinationRule, ServiceEntry, Gateway or another resource of the mesh.
Use trace to learn what a proxy does with a request, and why, before you change anything; diff to learn which requests a change affects;
explain for a check (SEM140) or a field (virtualservice.spec.http.retries).
Paths are relative to the folder in which the server runs. A host that the files do not define is unknown, not wrong.`

// New returns a server whose tools read the given folders and what lies within them.
func New(run Runner, in []string) (*Server, error) {
	f, err := openFolders(in)
	return &Server{run: run, folders: f}, err
}

// Serve answers one client over a transport, until the client leaves or the context ends.
func (s *Server) Serve(ctx context.Context, version string, over sdk.Transport) error {
	server := sdk.NewServer(&sdk.Implementation{Name: "sem", Title: "sem: Istio configuration, offline", Version: version},
		&sdk.ServerOptions{Instructions: instructions, Capabilities: &sdk.ServerCapabilities{}})
	add(server, s, "validate", "Check Istio and Kubernetes resources, each by itself and how they fit together. "+
		"Returns findings with file, line, what is wrong and how to fix it.", validate)
	add(server, s, "trace", "Trace a request through the proxies on its path: which listener, route, rewrite, cluster, TLS mode and "+
		"endpoint apply, and the file and line behind each decision. The first line is the verdict.", trace)
	add(server, s, "diff", "Find the requests for which two versions of the configuration give different results, "+
		"each with a request that shows it, or prove that there are none.", diff)
	add(server, s, "render", "Print the Envoy configuration that istiod would send to a proxy, as JSON. "+
		"Narrow it with type and fqdn: the whole is large.", render)
	add(server, s, "test", "Run the request tests (files named NAME_test.yaml) below the paths.", test)
	add(server, s, "explain", "Explain a check (SEM140), a code of istioctl analyze or Kiali, or a field "+
		"(virtualservice.spec.http.retries): meaning, why it matters, allowed values, examples.", explain)
	return server.Run(ctx, over)
}

// add adds a tool whose input becomes the arguments of a command.
func add[In any](server *sdk.Server, s *Server, name, description string, args func(*folders, In) ([]string, error)) {
	no := false
	tool := &sdk.Tool{Name: name, Description: description, Annotations: &sdk.ToolAnnotations{
		ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: &no, OpenWorldHint: &no,
	}}
	sdk.AddTool(server, tool, func(ctx context.Context, _ *sdk.CallToolRequest, in In) (*sdk.CallToolResult, Answer, error) {
		line, err := args(s.folders, in)
		if err != nil {
			return nil, Answer{}, errors.New(quote.Text(err.Error()))
		}
		result, err := s.run(ctx, append([]string{name}, line...))
		if err != nil {
			return nil, Answer{}, errors.New(quote.Text(err.Error()))
		}
		return answer(result)
	})
}

// Answer is what a client that reads structure gets beside the text.
type Answer struct {
	Exit int `json:"exit" jsonschema:"0: yes (no findings, delivered or printed, equal); 1: no (findings, failed tests, differences); 2: the command failed, or a part of the input could not be read"`
}

// answer makes the text for the agent: what the command printed, and what it said beside it.
func answer(r Result) (*sdk.CallToolResult, Answer, error) {
	parts := []string{strings.TrimRight(r.Stdout, "\n"), strings.TrimRight(r.Stderr, "\n")}
	if r.Cut {
		parts[0] += fmt.Sprintf("\n… the answer is longer than %d KiB: ask for less", limit>>10)
	}
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	if len(said) == 0 {
		said = []string{"nothing to report"}
	}
	return &sdk.CallToolResult{
		Content: []sdk.Content{&sdk.TextContent{Text: visible(strings.Join(said, "\n\n"))}},
		IsError: r.Exit > 1,
	}, Answer{Exit: r.Exit}, nil
}

// visible returns a text without invisible characters: agents show texts on terminals, and must not read what their users cannot
// see. The commands escape them already. The escapes are JSON's, for a text may be JSON.
func visible(text string) string {
	return string(quote.EscapesJSON([]byte(strings.ToValidUTF8(text, "\uFFFD"))))
}
