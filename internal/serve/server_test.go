package serve

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// running is a server of a page that says what was asked.
func running(t *testing.T, files string) *Server {
	t.Helper()
	s, err := New("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Page = func(a Asked) ([]byte, error) { return []byte("<p>" + a.From + " " + a.URL), nil }
	s.Policy, s.Every = "default-src 'none'", 10*time.Millisecond
	s.Seen = func() string { return Files([]string{files}) }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

// Only the page itself, and the user who opens it, get an answer.
func TestRefused(t *testing.T) {
	s := running(t, t.TempDir())
	address := s.listener.Addr().String()
	for name, test := range map[string]struct {
		path, host, method string
		header             map[string]string
		want               int
	}{
		"the page":               {path: "/" + s.token + "/", want: 200},
		"by its own script":      {path: "/" + s.token + "/", header: map[string]string{"Origin": "http://" + address, "Sec-Fetch-Site": "same-origin"}, want: 200},
		"no token":               {path: "/", want: 404},
		"another token":          {path: "/" + strings.Repeat("A", len(s.token)) + "/", want: 404},
		"another path":           {path: "/" + s.token + "/etc/passwd", want: 404},
		"a name that leads here": {path: "/" + s.token + "/", host: "evil.example", want: 403},
		"localhost":              {path: "/" + s.token + "/", host: strings.Replace(address, "127.0.0.1", "localhost", 1), want: 403},
		"another page":           {path: "/" + s.token + "/", header: map[string]string{"Origin": "https://evil.example"}, want: 403},
		"a page without one":     {path: "/" + s.token + "/", header: map[string]string{"Origin": "null"}, want: 403},
		"an image elsewhere":     {path: "/" + s.token + "/", header: map[string]string{"Sec-Fetch-Site": "cross-site"}, want: 403},
		"a form":                 {path: "/" + s.token + "/", method: "POST", want: 405},
	} {
		r, err := http.NewRequestWithContext(t.Context(), test.method, "http://"+address+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = test.host
		for k, v := range test.header {
			r.Header.Set(k, v)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != test.want {
			t.Errorf("%s: %d, want %d", name, response.StatusCode, test.want)
		}
		if policy := response.Header.Get("Content-Security-Policy"); policy != "default-src 'none'; frame-ancestors 'none'" {
			t.Errorf("%s: policy %q", name, policy)
		}
	}
}

// Streams that nobody reads have a number, and so have connections, those of users who do not know the token included: their requests
// end them.
func TestBounded(t *testing.T) {
	s := running(t, t.TempDir())
	var codes []int
	for range maxStreams + 1 {
		response, err := http.Get(s.URL() + "events")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		codes = append(codes, response.StatusCode)
	}
	if slices.Index(codes, http.StatusServiceUnavailable) != maxStreams {
		t.Errorf("codes %v", codes)
	}
	for range 2 * maxConnections {
		c, err := net.Dial("tcp", s.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "GET /guess/ HTTP/1.1\r\nHost: %s\r\n\r\n", s.listener.Addr())
	}
	response, err := http.Get(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
}

// A browser that does not read its page keeps no other one waiting.
func TestSlowBrowser(t *testing.T) {
	s := running(t, t.TempDir())
	s.Page = func(Asked) ([]byte, error) { return make([]byte, 32<<20), nil }
	slow, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	fmt.Fprintf(slow, "GET /%s/ HTTP/1.1\r\nHost: %s\r\n\r\n", s.token, s.listener.Addr())
	if _, err := slow.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	client := http.Client{Timeout: 20 * time.Second}
	response, err := client.Get(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
}

// A server is not for other machines.
func TestLoopbackOnly(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "localhost:0", "[::]:0"} {
		if s, err := New(address); err == nil {
			s.listener.Close()
			t.Errorf("%s is taken", address)
		}
	}
}

func TestForm(t *testing.T) {
	s := running(t, t.TempDir())
	response, err := http.Get(s.URL() + "?from=shop/web&url=http://a/")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if string(body) != "<p>shop/web http://a/" {
		t.Errorf("%s, %v", body, err)
	}
}

// A change of a file, a new one and one that goes are events.
func TestEvents(t *testing.T) {
	folder := t.TempDir()
	s := running(t, folder)
	response, err := http.Get(s.URL() + "events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := make(chan string)
	go func() {
		for scanner := bufio.NewScanner(response.Body); scanner.Scan(); {
			lines <- scanner.Text()
		}
		close(lines)
	}()
	next := func(want string) {
		t.Helper()
		for {
			select {
			case line, ok := <-lines:
				if line == want {
					return
				}
				if !ok {
					t.Fatalf("the stream ended before %q", want)
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("no %q", want)
			}
		}
	}
	next(": open")
	file := filepath.Join(folder, "mesh.yaml")
	for _, change := range []func() error{
		func() error { return os.WriteFile(file, []byte("a: 1\n"), 0o600) },
		func() error { return os.WriteFile(file, []byte("a: 12\n"), 0o600) },
		func() error { return os.Remove(file) },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		next("event: changed")
	}
}

// Where it takes long to look at the files, most of the time is left to others.
func TestSlowFiles(t *testing.T) {
	const look = 2 * time.Millisecond
	looks := 0
	s := &Server{Every: time.Millisecond, Seen: func() string { looks++; time.Sleep(look); return "" }}
	ctx, cancel := context.WithTimeout(t.Context(), 10*share*look)
	defer cancel()
	s.watch(ctx, "")
	if looks > 11 {
		t.Errorf("%d looks in the time of 10", looks)
	}
}
