// Package mcp serves the answers of sem to coding agents, by the Model Context Protocol.
//
// Each tool is a command of sem: its arguments become a command line, the command runs in a separate process, and what it prints is the
// answer. An agent and a person who asks the same in a terminal therefore read the same, and settings and worlds act alike. The tools
// only read: no argument becomes a flag that writes a file or runs a program, and every path lies within the folders that the server was
// given.
package mcp
