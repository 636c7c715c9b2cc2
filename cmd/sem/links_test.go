package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLinks follows every relative link of README, docs and examples: the file must exist, and so must the heading.
func TestLinks(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	links := linkChecker{}
	for _, page := range pages(t) {
		text, err := prose(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if err := links.follow(page, m[1]); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}

var (
	link  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	fence = regexp.MustCompile("(?ms)^```.*?^```$")
	title = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// prose is a page without its code blocks.
func prose(page string) (string, error) {
	data, err := os.ReadFile(page)
	return fence.ReplaceAllString(string(data), ""), err
}

// A linkChecker remembers the anchors of the pages that it has read.
type linkChecker map[string]map[string]bool

// follow returns what is wrong with a link of a page.
func (c linkChecker) follow(page, to string) error {
	name, heading, _ := strings.Cut(to, "#")
	file := page
	if name != "" {
		file = filepath.Join(filepath.Dir(page), filepath.FromSlash(name))
	}
	if _, err := os.Stat(file); err != nil || heading == "" {
		return err
	}
	if c[file] == nil {
		text, err := prose(file)
		if err != nil {
			return err
		}
		c[file] = map[string]bool{}
		for _, m := range title.FindAllStringSubmatch(text, -1) {
			c[file][anchor(m[1])] = true
		}
	}
	if !c[file][heading] {
		return fmt.Errorf("%s has no heading #%s", file, heading)
	}
	return nil
}
