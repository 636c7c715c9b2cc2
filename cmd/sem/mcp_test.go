package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// The SDK's own client asks the server, which is started as an agent starts it.
func TestMCP(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	server := &exec.Cmd{Path: program, Args: []string{"sem", "mcp", "examples"}, Dir: root, Stderr: os.Stderr}
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "v0"}, nil).
		Connect(t.Context(), &sdk.CommandTransport{Command: server}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	tests := map[string]struct{ tool, arguments, want string }{
		"validate": {"validate", `{"paths":["examples/canary"]}`, "✓"},
		"trace":    {"trace", `{"paths":["examples/canary"],"from":"shop/web","url":"http://reviews/","headers":{"x-tester":"yes"}}`, "testers"},
		"render":   {"render", `{"paths":["examples/canary"],"from":"shop/web","type":"routes"}`, `"virtual_hosts"`},
		"diff":     {"diff", `{"old":"examples/canary","new":"examples/canary"}`, "equivalent"},
		"test":     {"test", `{"paths":["examples/canary"]}`, "passed"},
		"explain":  {"explain", `{"topic":"SEM140"}`, "SEM140"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: test.tool, Arguments: json.RawMessage(test.arguments)})
			if err != nil {
				t.Fatal(err)
			}
			text := result.Content[0].(*sdk.TextContent).Text
			if result.IsError || !strings.Contains(text, test.want) {
				t.Errorf("failed: %v; want %q in:\n%s", result.IsError, test.want, text)
			}
		})
	}
}
