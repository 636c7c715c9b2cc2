package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// scoreFile records how many answers of each judge sem agrees with. The numbers may only rise.
var scoreFile = filepath.Join("..", "..", "testdata", "oracle-score.txt")

// judges are the scripts that score sem, each a path below SEM_ORACLE, with what they take beside the binary: a folder of
// further data is a path below SEM_ORACLE too.
var judges = []scorer{
	{name: "resources", script: "score"},
	{name: "verdicts", script: "verdicts/score"},
	{name: "requests", script: "requests/score"},
	{name: "requests-strict", script: "requests/score", flags: []string{"--strict"}},
	{name: "odd", script: "requests/score", data: "odd"},
	{name: "nearmiss", script: "requests/score", data: "nearmiss"},
	{name: "gatewayapi", script: "score", data: "gatewayapi/cases"},
	// In the 2 requests that disagree, Envoy chose one of two backends, which has no cluster: a trace names it as a branch, and the
	// script compares the result of the first.
	{name: "gatewayapi-requests", script: "requests/score", cases: "gatewayapi/cases", data: "gatewayapi/requests"},
	{name: "envoyfilter", script: "score", data: "envoyfilter/cases"},
	{name: "envoyfilter-requests", script: "requests/score", cases: "envoyfilter/cases", data: "envoyfilter/requests"},
	{name: "annotations", script: "score", data: "annotations/cases"},
	{name: "annotations-requests", script: "requests/score", cases: "annotations/cases", data: "annotations/requests"},
}

// A scorer is a script that scores sem.
type scorer struct {
	name, script string
	flags        []string
	cases, data  string
}

// releaseJudges score the answers for older releases of Istio.
var releaseJudges = []scorer{
	{name: "resources-1.31", script: "score", flags: []string{"--release", "1.31"}},
	{name: "resources-1.30", script: "score", flags: []string{"--release", "1.30"}},
	{name: "resources-1.29", script: "score", flags: []string{"--release", "1.29"}},
	{name: "resources-1.28", script: "score", flags: []string{"--release", "1.28"}},
	{name: "verdicts-1.30", script: "verdicts/score", flags: []string{"--release", "1.30"}},
	{name: "verdicts-1.29", script: "verdicts/score", flags: []string{"--release", "1.29"}},
	{name: "verdicts-1.28", script: "verdicts/score", flags: []string{"--release", "1.28"}},
}

// TestOracleScore scores sem against istiod's resources, the webhook's verdicts and a real Envoy's answers, where SEM_ORACLE
// names the folder that holds them, and fails when a score falls. -update writes what has risen.
func TestOracleScore(t *testing.T) { holdScores(t, judges) }

// TestReleaseScore does so for the older releases of Istio.
func TestReleaseScore(t *testing.T) { holdScores(t, releaseJudges) }

func holdScores(t *testing.T, judges []scorer) {
	t.Helper()
	oracle := os.Getenv("SEM_ORACLE")
	if oracle == "" {
		t.Skip("SEM_ORACLE names no folder of judges")
	}
	bin := buildSem(t)
	inEnvironment := passIstiodEnv(t, bin)
	floor := readScores(t)
	raised := false
	for _, judge := range judges {
		arguments := append([]string{"--sem", bin}, judge.flags...)
		if judge.cases != "" {
			arguments[1] = inEnvironment
			arguments = append(arguments, "--cases", filepath.Join(oracle, judge.cases))
		}
		if judge.data != "" {
			arguments = append(arguments, filepath.Join(oracle, judge.data))
		}
		line := lastLine(t, filepath.Join(oracle, judge.script), arguments)
		got, ok := agreeing(line)
		if !ok {
			t.Errorf("%s: no score in %q", judge.name, line)
			continue
		}
		t.Logf("%s: %s", judge.name, line)
		switch {
		case got < floor[judge.name]:
			t.Errorf("%s: %d agree, but %d did before", judge.name, got, floor[judge.name])
		case got > floor[judge.name]:
			floor[judge.name], raised = got, true
		}
	}
	if raised && *update {
		writeScores(t, floor)
	}
}

func buildSem(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "sem")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// passIstiodEnv is a command that runs sem with the environment of istiod that a case has in istiod.env, beside mesh.yaml. The script
// for resources reads that file; the one for requests does not.
func passIstiodEnv(t *testing.T, bin string) string {
	t.Helper()
	script := `#!/bin/sh
for argument; do
	case $argument in */mesh.yaml) env=${argument%/*}/istiod.env ;; esac
done
if [ -f "$env" ]; then
	while read -r variable; do set -- "$@" --istiod-env "$variable"; done <"$env"
fi
exec ` + bin + ` "$@"
`
	path := filepath.Join(t.TempDir(), "sem-in-environment")
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func lastLine(t *testing.T, script string, arguments []string) string {
	t.Helper()
	out, err := exec.Command("python3", append([]string{script}, arguments...)...).Output()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

var scored = regexp.MustCompile(`(\d+) of \d+ (?:resources equal|verdicts agree|requests agree)`)

func agreeing(line string) (int, bool) {
	m := scored.FindStringSubmatch(line)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil
}

func readScores(t *testing.T) map[string]int {
	t.Helper()
	f, err := os.Open(scoreFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scores := map[string]int{}
	for s := bufio.NewScanner(f); s.Scan(); {
		var name string
		var n int
		if _, err := fmt.Sscanf(s.Text(), "%s %d", &name, &n); err == nil {
			scores[name] = n
		}
	}
	return scores
}

func writeScores(t *testing.T, scores map[string]int) {
	t.Helper()
	var text strings.Builder
	text.WriteString("# How many answers of each judge sem agrees with. They may only rise; 'make golden' writes what has risen.\n")
	for _, judge := range slices.Concat(judges, releaseJudges) {
		fmt.Fprintf(&text, "%s %d\n", judge.name, scores[judge.name])
	}
	if err := os.WriteFile(scoreFile, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
