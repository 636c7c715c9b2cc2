// Package process runs an Envoy and asks its admin interface.
package process

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A Process is a running Envoy.
type Process struct {
	cmd    *exec.Cmd
	output bytes.Buffer // what it printed; read after exited is closed
	exited chan struct{}
	admin  string // host and port, or the path of a socket
}

// BootstrapFile is the name of the bootstrap in the folder of a process.
const BootstrapFile = "bootstrap.json"

// startup is how long Envoy may take to come up on a busy machine.
const startup = 30 * time.Second

// Start starts Envoy, by a command whose last word is its executable, from the bootstrap in dir, and waits until it takes
// connections.
func Start(ctx context.Context, dir string, command ...string) (*Process, error) {
	adminFile := filepath.Join(dir, "admin")
	p := &Process{exited: make(chan struct{}), cmd: exec.Command(command[0], append(command[1:],
		"--config-path", filepath.Join(dir, BootstrapFile),
		"--admin-address-path", adminFile,
		"--concurrency", "1",
		"--disable-hot-restart",
		"--use-dynamic-base-id",
		"--log-level", "error",
		"--file-flush-interval-msec", "5",
	)...)}
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	endWithParent(p.cmd)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in its output
		close(p.exited)
	}()
	ctx, cancel := context.WithTimeout(ctx, startup)
	defer cancel()
	if err := p.ready(ctx, adminFile); err != nil {
		p.Stop()
		return nil, fmt.Errorf("%w\n%s", err, bytes.TrimSpace(p.output.Bytes()))
	}
	return p, nil
}

// Stop ends Envoy.
func (p *Process) Stop() {
	_ = p.cmd.Process.Kill() // fails where the process has ended, which is what is wanted
	<-p.exited
}

// Running reports whether Envoy has not ended.
func (p *Process) Running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

func (p *Process) ready(ctx context.Context, adminFile string) error {
	last := "it has no admin interface"
	for {
		if address, err := os.ReadFile(adminFile); err == nil && len(address) > 0 {
			p.admin = strings.TrimSpace(string(address))
			state, err := p.Get(ctx, "/ready")
			if last = strings.TrimSpace(string(state)); err == nil && last == "LIVE" {
				return nil
			}
			if err != nil {
				last = err.Error()
			}
		}
		select {
		case <-p.exited:
			return errors.New("Envoy ended at once")
		case <-ctx.Done():
			return fmt.Errorf("Envoy did not come up: %w: %s", ctx.Err(), last)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Get asks the admin interface for a path.
func (p *Process) Get(ctx context.Context, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://envoy"+path, nil)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		if strings.HasPrefix(p.admin, "/") {
			return d.DialContext(ctx, "unix", p.admin)
		}
		return d.DialContext(ctx, "tcp", p.admin)
	}}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(answer.Body)
	return body.Bytes(), err
}

// Ports returns the port that each bound listener took.
func (p *Process) Ports(ctx context.Context) (map[string]uint32, error) {
	text, err := p.Get(ctx, "/listeners?format=json")
	if err != nil {
		return nil, err
	}
	var answer struct {
		Listeners []struct {
			Name    string `json:"name"`
			Address struct {
				Socket struct {
					Port uint32 `json:"port_value"`
				} `json:"socket_address"`
			} `json:"local_address"`
		} `json:"listener_statuses"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("listeners of Envoy: %w", err)
	}
	out := map[string]uint32{}
	for _, l := range answer.Listeners {
		out[l.Name] = l.Address.Socket.Port
	}
	return out, nil
}

// Output returns what an Envoy that has ended printed.
func (p *Process) Output() []byte { return p.output.Bytes() }
