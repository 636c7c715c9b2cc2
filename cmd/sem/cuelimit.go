package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sem.example/internal/source"
)

// addCUELimit adds the flag that raises the limits of CUE files.
func addCUELimit(cmd *cobra.Command, to *source.CUELimits) {
	cmd.Flags().Var(cueLimitFlag{to}, "cue-limit", "`LIMIT=VALUE,...` of CUE files: memory (1GiB) and time (30s) for a package; size (4MiB) and depth (200) of a file; terms (2000) of an expression")
}

// cueLimitFlag sets limits of CUE files.
type cueLimitFlag struct{ limits *source.CUELimits }

func (cueLimitFlag) String() string { return "" }
func (cueLimitFlag) Type() string   { return "string" }

func (f cueLimitFlag) Set(text string) error {
	for _, part := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(part, "=")
		var err error
		switch name {
		case "memory":
			f.limits.Memory, err = byteSize(value)
		case "time":
			f.limits.Time, err = duration(value)
		case "size":
			var size int64
			size, err = byteSize(value)
			f.limits.Size = int(size)
		case "depth":
			f.limits.Depth, err = atLeastOne(value)
		case "terms":
			f.limits.Terms, err = atLeastOne(value)
		default:
			err = fmt.Errorf("there is no limit %q: use memory, time, size, depth or terms", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// byteUnits are the units of a size in bytes.
var byteUnits = map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}

// byteSize reads a size such as 512MiB.
func byteSize(text string) (int64, error) {
	number, unit := text, ""
	if len(text) > 3 {
		number, unit = text[:len(text)-3], text[len(text)-3:]
	}
	n, err := strconv.ParseInt(number, 10, 32)
	if err != nil || n < 1 || byteUnits[unit] == 0 {
		return 0, fmt.Errorf("%q is not a size: write it as 512MiB or 2GiB", text)
	}
	return n * byteUnits[unit], nil
}

// duration reads a time such as 90s.
func duration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is not a duration: write it as 90s or 2m", text)
	}
	return d, nil
}

func atLeastOne(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a number above 0", text)
	}
	return n, nil
}
