package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diff"
)

// addSearchLimit adds the flag that raises the limits of the search for requests.
func addSearchLimit(cmd *cobra.Command, to *diff.Limits) {
	*to = diff.DefaultLimits
	cmd.Flags().Var(searchLimitFlag{to}, "search-limit", "`LIMIT=VALUE,…` of the search: regions (10000), the sets of requests, and time (30s); the rest is undecided")
}

// searchLimitFlag sets limits of the search for requests.
type searchLimitFlag struct{ limits *diff.Limits }

func (searchLimitFlag) String() string { return "" }
func (searchLimitFlag) Type() string   { return "string" }

func (f searchLimitFlag) Set(text string) error {
	for _, part := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(part, "=")
		var err error
		switch name {
		case "regions":
			f.limits.Regions, err = atLeastOne(value)
		case "time":
			f.limits.Time, err = duration(value)
		default:
			err = fmt.Errorf("there is no limit %q: use regions or time", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
