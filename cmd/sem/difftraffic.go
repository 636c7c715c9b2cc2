package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/output"
	"sem.example/internal/parallel"
	"sem.example/internal/pipeline"
	"sem.example/internal/request"
	"sem.example/simulate"
)

// replay asks the requests of a log on both sides.
func (c *diffCommand) replayed(cmd *cobra.Command, old, changed diffSide) (*diff.Report, error) {
	proxy := proxyFlags{}
	if len(c.from)+len(c.gateway) > 1 {
		return nil, errors.New("--traffic is about one proxy: give one --from or --gateway")
	}
	proxy.from, proxy.gateway = strings.Join(c.from, ""), strings.Join(c.gateway, "")
	client, err := changed.client(proxy, c.inputs.namespace)
	if err != nil {
		return nil, err
	}
	lines, closeInput, err := openLines(cmd, c.traffic)
	if err != nil {
		return nil, err
	}
	defer closeInput()
	r := comparedLog{client: client, report: explain.NewReport()}
	r.old, r.new, r.report.NotCompared = tracersOf(old, changed)
	progress := output.StartProgress(cmd.ErrOrStderr())
	err = r.run(lines, sizeOf(c.traffic), progress.Watch)
	progress.Done()
	switch {
	case err != nil:
		return nil, err
	case lines.Err() != nil:
		return nil, lineError(c.traffic, lines.Err())
	case r.report.Summary.Requests == 0:
		return nil, fmt.Errorf("%s holds no request that could be read: %w", c.traffic, cmp.Or(r.why, errors.New("it is empty")))
	case r.bad > 0:
		say(cmd, "%s: %d lines have no readable request and were skipped; the first: %v", c.traffic, r.bad, r.why)
	}
	return r.report.Done(), nil
}

// A comparedLog asks both sides about the lines of a log, portion by portion: the portions side by side, and what they give in the
// order of the lines.
type comparedLog struct {
	old, new explain.Tracer
	client   simulate.Proxy
	report   explain.Differences
	bad      int   // lines without a request
	why      error // of the first of them
}

// portionLines is how many lines a goroutine takes at once.
const portionLines = 200

// A portion is some lines, and then what both sides make of them.
type portion struct {
	lines []string
	bytes int // of the input up to its end
	seen  []explain.Seen
	bad   int
	why   error // of the first bad line
	err   error
}

func (r *comparedLog) run(lines *bufio.Scanner, size int, watch parallel.Watch) error {
	var err error
	parallel.InOrder(portions(lines), r.compare, func(p portion) bool {
		if err = p.err; err != nil {
			return false
		}
		for i := range p.seen {
			r.report.Request(p.seen[i])
		}
		r.bad += p.bad
		r.why = cmp.Or(r.why, p.why)
		watch("comparing requests, MB", p.bytes>>20, size>>20)
		return true
	})
	return err
}

// portions cuts an input into lines.
func portions(lines *bufio.Scanner) iter.Seq[portion] {
	return func(yield func(portion) bool) {
		read := 0
		var some []string
		for lines.Scan() {
			read += len(lines.Bytes()) + 1
			if line := strings.TrimSpace(lines.Text()); line != "" {
				some = append(some, line)
			}
			if len(some) == portionLines {
				if !yield(portion{lines: some, bytes: read}) {
					return
				}
				some = nil
			}
		}
		if len(some) > 0 {
			yield(portion{lines: some, bytes: read})
		}
	}
}

// compare asks both sides about the lines of a portion.
func (r *comparedLog) compare(p portion) portion {
	for _, line := range p.lines {
		call, err := requestOf(line, r.client)
		if err != nil {
			p.bad++
			p.why = cmp.Or(p.why, err)
			continue
		}
		before, err := r.old.Trace(call, pipeline.TraceOptions{})
		if err == nil {
			var after *simulate.Trace
			if after, err = r.new.Trace(call, pipeline.TraceOptions{}); err == nil {
				p.seen = append(p.seen, explain.See(call, before, after))
			}
		}
		if err != nil {
			p.err = err
			return p
		}
	}
	p.lines = nil
	return p
}

// sizeOf is the size of a file; 0 where it is not known.
func sizeOf(name string) int {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return int(info.Size())
}

// requestOf reads a line of a log or of requests.
func requestOf(line string, client simulate.Proxy) (simulate.Call, error) {
	var mistake error
	if strings.HasPrefix(line, "{") {
		call, err := request.JSON([]byte(line), client)
		if err == nil {
			return call, nil
		}
		mistake = err
	}
	call, err := request.AccessLog(line)
	if err != nil && strings.Contains(line, `"url"`) { // it was to be a request
		return call, cmp.Or(mistake, err)
	}
	call.Proxy = client
	if client.Type == "gateway" {
		call.Direction = pipeline.Gateway
	}
	return call, err
}
