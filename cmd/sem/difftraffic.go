package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
	"sem.example/internal/request"
	"sem.example/simulate"
)

// replay asks the requests of a log on both sides.
func (c *diffCommand) replay(cmd *cobra.Command, old, changed *pipeline.World) (*diff.Report, error) {
	proxy := proxyFlags{}
	if len(c.from)+len(c.gateway) > 1 {
		return nil, errors.New("--traffic is about one proxy: give one --from or --gateway")
	}
	proxy.from, proxy.gateway = strings.Join(c.from, ""), strings.Join(c.gateway, "")
	client, err := proxy.in(changed, c.inputs.namespace)
	if err != nil {
		return nil, err
	}
	lines, closeInput, err := openLines(cmd, c.traffic)
	if err != nil {
		return nil, err
	}
	defer closeInput()
	d := explain.NewReport()
	bad := 0
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		call, err := requestOf(line, client)
		if err != nil {
			bad++
			continue
		}
		before, err := old.Trace(call, pipeline.TraceOptions{})
		if err != nil {
			return nil, err
		}
		after, err := changed.Trace(call, pipeline.TraceOptions{})
		if err != nil {
			return nil, err
		}
		d.Request(call, before, after)
	}
	if err := lines.Err(); err != nil {
		return nil, lineError(c.traffic, err)
	}
	if d.Summary.Requests == 0 {
		return nil, fmt.Errorf("%s holds no request that could be read", c.traffic)
	}
	if bad > 0 {
		say(cmd, "%s: %d lines have no readable request and were skipped", c.traffic, bad)
	}
	return d.Done(), nil
}

// requestOf reads a line of a log or of requests.
func requestOf(line string, client simulate.Proxy) (simulate.Call, error) {
	if strings.HasPrefix(line, "{") {
		if call, err := request.JSON([]byte(line), client); err == nil {
			return call, nil
		}
	}
	call, err := request.AccessLog(line)
	call.Proxy = client
	if client.Type == "gateway" {
		call.Direction = pipeline.Gateway
	}
	return call, err
}
