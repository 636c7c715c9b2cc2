package main

import (
	"os"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"sem.example/internal/mcp"
)

const mcpHelp = `Mcp serves a coding agent over standard input and output, by the Model Context
Protocol. The tools are validate, trace, diff, render, test and explain; each
returns what the command of that name prints.

The tools only read, and only files within FOLDER (default: the current folder);
a kustomization or a request test may also use files of the repository around
it. Nothing is written and no network is used. docs/mcp.md shows how to register
the server with an agent.`

const mcpExample = `  # register with an agent that runs a command, from the folder of the mesh
  sem mcp
  sem mcp mesh/ gateways/`

func newMCP() *cobra.Command {
	return &cobra.Command{
		Use:     "mcp [flags] [FOLDER...]",
		Short:   "Serve coding agents over the Model Context Protocol",
		Long:    mcpHelp,
		Example: mcpExample,
		RunE:    serveMCP,
	}
}

func serveMCP(cmd *cobra.Command, args []string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	server, err := mcp.New(mcp.Command(program, sameSettings(cmd)...), args)
	if err != nil {
		return err
	}
	return server.Serve(cmd.Context(), semVersion(), &sdk.StdioTransport{})
}

// sameSettings are the flags with which another sem reads the settings of this one.
func sameSettings(cmd *cobra.Command) []string {
	if no, _ := cmd.Flags().GetBool("no-config"); no {
		return []string{"--no-config"}
	}
	if name, _ := cmd.Flags().GetString("config"); name != "" {
		return []string{"--config=" + name}
	}
	return nil
}
