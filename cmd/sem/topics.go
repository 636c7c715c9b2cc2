package main

import "github.com/spf13/cobra"

// helpTopics are the pages of 'sem help TOPIC': what several commands have in common. Cobra takes a command that does not run
// for such a page.
func helpTopics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "The exit codes, the same for every command", Long: `Exit codes are the same for every command and every output format.

  0  success: no findings at or above --fail-on, tests pass, files are written
  1  findings, a failing test or --expect, a difference with --check
  2  the command failed: bad flags, unreadable input, cancelled

A file that does not parse is a finding of 'sem validate' (exit code 1). The
commands that compute a result from the input (trace, render, test) exit with 2
if a part of it could not be read; --keep-going continues and names the gap.`},
		{Use: "output", Short: "Output formats and files", Long: `-o FORMAT prints a format to standard output; -o FORMAT=FILE writes it to a
file. Repeat the flag for several. 'sem COMMAND --help' lists the formats of a
command; docs/output.md describes the JSON documents and their stability.

With a machine format, standard output has that document only, also on failure;
everything else goes to standard error.

  sem validate mesh/ -o github -o sarif=sem.sarif
  sem trace -f mesh/ --from shop/web http://reviews/ -o json

Text output uses colour on a terminal only. --color, NO_COLOR and CLICOLOR_FORCE
change that.`},
		{Use: "suppressions", Short: "Suppress findings by comments, annotations and settings", Long: `A comment suppresses findings of a check on its line or on the next line:

  port: {number: 80, name: http, protocol: HTTP} # sem:ignore SEM124 -- reason

A comment with sem:ignore-file at the top suppresses a check in the whole file.
In JSON, or for a whole resource, use the annotation sem/ignore.
In .sem.yaml, 'ignore' lists checks by path; --disable turns checks off.

The summary counts suppressed findings and names the file that suppresses them.
Findings about input that could not be read cannot be suppressed. A suppression
without effect is a finding (SEM299). docs/validate.md has every form.`},
		{Use: "settings", Short: "The settings file .sem.yaml", Long: `A settings file holds defaults for flags, under the names of the flags, and the
two keys 'ignore' and 'worlds':

  fail-on: warning                     # as --fail-on warning
  mesh-config: mesh/meshconfig.yaml
  disable: [SEM124]
  ignore:
    - {check: SEM153, path: legacy/**, reason: replaced next quarter}

sem reads the nearest .sem.yaml in the current folder or above it, up to the
root of the repository. --config FILE reads another file, --no-config reads
none. A flag on the command line takes precedence over the file.

A settings file can set what is read, which findings count, and how output
looks. Flags that run programs or write files are rejected there, because
anybody who can propose a change to the repository can edit the file.
'sem config --help' lists the keys, and 'sem config' prints those in force.`},
		{Use: "environment", Short: "Environment variables", Long: `sem reads these environment variables:

  NO_COLOR         not empty: no colour
  CLICOLOR_FORCE   not empty and not 0: colour even without a terminal
  TERM             dumb: no colour
  COLUMNS          the width of text output
  FORCE_HYPERLINK  0: no hyperlinks; else wherever output is coloured

Results never depend on the environment, the home folder or the network, except
for --live and 'sem collect', whose kubectl uses all three (KUBECONFIG).`},
		{Use: "requests", Short: "How to describe a request", Long: `A request is a URL with the client or gateway that sends or receives it:

  sem trace -f mesh/ --from shop/web http://reviews/
  sem trace -f mesh/ --gateway istio-system/ingress https://shop.example.com/

  http://, https://     HTTP, in plaintext or over TLS of the application
  grpc://, grpcs://     HOST:PORT/PACKAGE.SERVICE/METHOD
  ws://, wss://         WebSocket
  tcp://HOST:PORT       bytes
  tls://HOST            bytes in TLS of the application

-X, -H and -d set method, headers and body as in curl. --curl takes a curl
command and --access-log a line of a proxy's access log. --batch takes one JSON
request per line, with the fields that docs/trace.md lists; the same fields
describe requests in tests (docs/tests.md).`},
	}
}
