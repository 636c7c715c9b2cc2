package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/installation"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// A diffSide is files, or what one proxy runs. Of files that are compared with a dump it is both.
type diffSide struct {
	world  *pipeline.World
	dump   *pipeline.Dump
	dumped bool // it was read as a dump
}

// dumpIn reads a path that is a dump; nil for any other.
func dumpIn(cmd *cobra.Command, path string) (*pipeline.Dump, error) {
	in, done, err := dumpCandidate(cmd, path)
	if in == nil || err != nil {
		return nil, err
	}
	defer done()
	head := bufio.NewReader(in)
	if path == "-" {
		cmd.SetIn(head)
	}
	beginning, err := head.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !pipeline.LooksLikeDump(beginning) {
		return nil, nil
	}
	return loadDump(head, path)
}

// dumpCandidate opens what may be a dump: standard input, or a regular file. What cannot be opened is left to the reader of files.
func dumpCandidate(cmd *cobra.Command, path string) (io.Reader, func(), error) {
	if path == "-" {
		return cmd.InOrStdin(), func() {}, nil
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, nil
	}
	return f, func() { f.Close() }, nil
}

// dumps makes both sides dumps of the proxy that one of them is of, or that the flags name.
func (c *diffCommand) dumps(old, changed *diffSide) error {
	if len(c.from)+len(c.gateway) > 1 {
		return errors.New("a config dump is of one proxy: give one --from or --gateway")
	}
	one, other := old, changed
	if !one.dumped {
		one, other = changed, old
	}
	p, err := c.dumpedProxy(one.dump, other)
	if err != nil {
		return err
	}
	if !other.dumped {
		if err := other.run(p, one.dump); err != nil {
			return err
		}
	}
	old.dump.Proxy, changed.dump.Proxy = p, p
	return nil
}

// run builds what files make a proxy run, for the release that its dump names where the files name none.
func (s *diffSide) run(p simulate.Proxy, live *pipeline.Dump) (err error) {
	if s.world.Release.Default && !live.Release.Default {
		if s.world, err = s.world.As(live.Release.Release, live.Release.Because); err != nil {
			return err
		}
	}
	s.dump, err = pipeline.DumpOf(s.world, p)
	return err
}

// dumpedProxy is the proxy of a dump, as the other side knows it.
func (c *diffCommand) dumpedProxy(d *pipeline.Dump, other *diffSide) (simulate.Proxy, error) {
	named := proxyFlags{}
	for _, name := range c.from {
		named.from = name
	}
	for _, name := range c.gateway {
		named.gateway = name
	}
	switch {
	case named.from+named.gateway != "" && other.dumped:
		return named.dumped(c.inputs.namespace), nil
	case named.from+named.gateway != "":
		return named.in(other.world, c.inputs.namespace)
	case d.Proxy.Name == "" && other.dumped && other.dump.Proxy.Name != "":
		return other.dump.Proxy, nil
	case d.Proxy.Name == "":
		return simulate.Proxy{}, errors.New("the dump does not name its proxy: name it with --from or --gateway")
	case other.dumped && d.Proxy.Type != other.dump.Proxy.Type && other.dump.Proxy.Name != "":
		return simulate.Proxy{}, fmt.Errorf("OLD is the dump of a %s, and NEW that of a %s", d.Proxy.Type, other.dump.Proxy.Type)
	case other.dumped:
		return d.Proxy, nil
	}
	p, found, err := d.In(other.world)
	if !found {
		c.notCompared = append(c.notCompared, fmt.Sprintf("how the files select the workload: they have no %s/%s, which is taken as the dump describes it", p.Namespace, p.Name))
	}
	return p, err
}

// client is the proxy that requests are sent through.
func (s *diffSide) client(named proxyFlags, namespace string) (simulate.Proxy, error) {
	if s.dump != nil {
		return s.dump.Proxy, nil
	}
	return named.in(s.world, namespace)
}

// tracersOf are what answers for two sides, and what they leave out.
func tracersOf(old, changed diffSide) (a, b explain.Tracer, left []string) {
	if old.dump == nil {
		return old.world, changed.world, nil
	}
	before, after, left := pipeline.Comparable(old.dump, changed.dump)
	return before, after, left
}

// release names the release of a side as the report does.
func (s *diffSide) release() diff.ReportedRelease {
	var r installation.Choice
	if s.dumped {
		r = s.dump.Release
	} else {
		r = s.world.Release
	}
	return diff.ReportedRelease{Istio: r.String(), Envoy: r.Envoy(), Because: r.Because, Default: r.Default}
}

// flag is that by which commands read the side.
func (s *diffSide) flag() string {
	if s.dumped {
		return "--config-dump"
	}
	return "-f"
}
