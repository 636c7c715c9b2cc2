package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// programs are the values of TERM_PROGRAM of terminals that follow hyperlinks (OSC 8).
var programs = []string{"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "WarpTerminal", "zed"}

// hyperlinks reports whether the terminal follows hyperlinks. No terminal answers that question, so it is known by its name;
// FORCE_HYPERLINK decides where the name is not known.
func hyperlinks(env func(string) string, terminal bool) bool {
	if forced := env("FORCE_HYPERLINK"); forced != "" {
		return forced != "0"
	}
	term := env("TERM")
	switch {
	case !terminal, strings.HasPrefix(term, "screen"), strings.HasPrefix(term, "tmux"):
		return false
	case slices.Contains(programs, env("TERM_PROGRAM")), env("WT_SESSION") != "", env("DOMTERM") != "":
		return true
	case slices.ContainsFunc([]string{"kitty", "alacritty", "foot", "ghostty", "contour"}, func(name string) bool { return strings.Contains(term, name) }):
		return true
	}
	return atLeast(env("VTE_VERSION"), 5000) || atLeast(env("KONSOLE_VERSION"), 201200)
}

func atLeast(version string, lowest int) bool {
	n, err := strconv.Atoi(version)
	return err == nil && n >= lowest
}

// fileURL is the URL of a line of a file, "" where there is no such file: what was read from standard input or a commit has none.
// The name of the machine lets a terminal at the other end of SSH see that the file is not its own.
func fileURL(file string, line int) string {
	path, err := filepath.Abs(file)
	if err != nil {
		return ""
	}
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	host, _ := os.Hostname()
	u := url.URL{Scheme: "file", Host: host, Path: filepath.ToSlash(path)}
	if !strings.HasPrefix(u.Path, "/") {
		u.Path = "/" + u.Path
	}
	if line > 0 {
		u.Fragment = fmt.Sprintf("%d", line)
	}
	return u.String()
}
