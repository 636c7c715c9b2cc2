package serve_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const service = `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {clusterIP: 10.0.0.9, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: "cart", namespace: shop, annotations: {note: "</pre><script>document.title='owned'</script><img src=x onerror=document.title='owned'>"}}
spec:
  hosts: [cart]
  http:
  - match: [{uri: {prefix: "/<img src=x onerror=document.title='owned'>"}}]
    redirect: {uri: /new}
  - route: [{destination: {host: cart, subset: v9}}]
`

// built is the program, which the tests run as a user does.
var built = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "sem-report-")
	if err != nil {
		return "", err
	}
	sem := filepath.Join(folder, "sem")
	out, err := exec.Command("go", "build", "-o", sem, "sem.example/cmd/sem").CombinedOutput()
	if err != nil {
		return "", errorText(string(out))
	}
	return sem, nil
})

type errorText string

func (e errorText) Error() string { return string(e) }

func TestMain(m *testing.M) {
	code := m.Run()
	if sem, err := built(); err == nil && sem != "" {
		_ = os.RemoveAll(filepath.Dir(sem))
	}
	os.Exit(code)
}

// A browser is a tab of a headless Chromium, with what it complained about and what it loaded.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	loaded     []string
}

func open(t *testing.T) *browser {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" || testing.Short() {
		t.Skip("there is no Chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WindowSize(1300, 900), chromedp.WSURLReadTimeout(2*time.Minute))
	allocated, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	ctx, end := chromedp.NewContext(allocated)
	t.Cleanup(end)
	b := &browser{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	call(b, runtime.Enable, cdp.Empty{})
	return b
}

func (b *browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		b.complaints = append(b.complaints, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	case *network.EventRequestWillBeSent:
		b.loaded = append(b.loaded, e.Request.URL)
	}
}

// patience is how long a step may take on a busy machine.
const patience = time.Minute

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.ctx, patience)
	defer end()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// get is the value of an action.
func get[T any](b *browser, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.ctx, patience)
	defer end()
	out, err := chromedp.Run(ctx, a)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// call runs a command of the browser.
func call[P, R any](b *browser, command cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, command, params); err != nil {
		b.t.Fatal(err)
	}
}

// eval is the value of an expression of the page.
func (b *browser) eval(expression string) string {
	b.t.Helper()
	return get(b, chromedp.Evaluate[string]("String("+expression+")"))
}

// wait waits until an expression of the page has a value.
func (b *browser) wait(expression, want string) {
	b.t.Helper()
	got := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var err error
		if got, err = chromedp.Run(b.ctx, chromedp.Evaluate[string]("String("+expression+")")); err == nil && got == want {
			return
		}
	}
	b.t.Fatalf("%s is %q, want %q", expression, got, want)
}

// quiet reports what the browser refused or complained about.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.complaints) > 0 {
		b.t.Errorf("the browser complains: %q", b.complaints)
	}
}

// files is a folder with the mesh.
func files(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "mesh.yaml"), []byte(service), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	sem, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(sem, args...)
}

// picture keeps a picture of the page where SEM_PICTURES names a folder, to be looked at.
func (b *browser) picture(name string) {
	folder := os.Getenv("SEM_PICTURES")
	if folder == "" {
		return
	}
	png := get(b, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// The file loads nothing, runs nothing of the input, follows the reader's colours, works by keyboard and prints.
func TestReportInBrowser(t *testing.T) {
	b := open(t)
	name := filepath.Join(t.TempDir(), "report.html")
	if out, err := program(t, "report", "--no-config", files(t), "--from", "shop/web", "http://cart/", "-o", "html="+name).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	where := (&url.URL{Scheme: "file", Path: name}).String()
	b.do(chromedp.Navigate(where))
	b.wait("document.querySelectorAll('h2').length", "3")
	if got := b.eval("document.title"); strings.Contains(got, "owned") {
		t.Error("the input ran as a script")
	}
	if n := b.eval("document.querySelectorAll('script, img, iframe, link, object').length"); n != "0" {
		t.Errorf("%s elements load or run something", n)
	}
	if len(b.loaded) != 1 || b.loaded[0] != where {
		t.Errorf("the page loads %q", b.loaded)
	}
	b.colours()
	b.keyboard()
	if got := b.eval("[...document.querySelectorAll('svg[role=img]')].every(s => s.getAttribute('aria-label'))"); got != "true" {
		t.Error("a picture has no name")
	}
	if got := b.eval("[...document.querySelectorAll('svg text')].filter(t => { const card = t.parentNode.querySelector('rect'); return card && t.getBBox().x + t.getBBox().width > card.getBBox().x + card.getBBox().width + 1 }).map(t => t.textContent)"); got != "" {
		t.Errorf("texts leave their nodes: %s", got)
	}
	pdf := get(b, chromedp.PrintToPDF())
	if !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Errorf("printing makes %.20q", pdf)
	}
	b.quiet()
}

// colours compares the background with the reader's preference.
func (b *browser) colours() {
	b.t.Helper()
	for scheme, want := range map[string]string{"light": "rgb(255, 255, 255)", "dark": "rgb(15, 20, 27)"} {
		call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		for _, of := range []string{"getComputedStyle(document.body).backgroundColor", "getComputedStyle(document.querySelector('svg .f-paper')).fill"} {
			if got := b.eval(of); got != want {
				b.t.Errorf("%s: %s is %s", scheme, of, got)
			}
		}
		b.picture("report-" + scheme)
	}
}

// keyboard walks to the first fold and opens it.
func (b *browser) keyboard() {
	b.t.Helper()
	b.do(chromedp.KeyEvent(kb.Tab))
	if got := b.eval("document.activeElement.className"); got != "skip" {
		b.t.Errorf("the first stop is %q, want the link that skips to the report", got)
	}
	for range 40 {
		b.do(chromedp.KeyEvent(kb.Tab))
		if b.eval("document.activeElement.tagName") == "SUMMARY" {
			b.do(chromedp.KeyEvent(kb.Enter))
			if got := b.eval("document.activeElement.parentNode.open"); got != "true" {
				b.t.Errorf("Enter leaves the fold closed: %s", got)
			}
			return
		}
	}
	b.t.Error("no fold is reached by Tab")
}

// The server shows the report, traces what is typed, follows the files, and ends with its standard input.
func TestServeInBrowser(t *testing.T) {
	b := open(t)
	folder := files(t)
	cmd := program(t, "report", "--no-config", "--serve", folder)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(line)
	b.do(chromedp.Navigate(address), chromedp.WaitVisible("#url"))
	b.wait("document.getElementById('state').textContent", "The page follows changes of the files.")

	b.do(chromedp.SendKeys("#from", "shop/web"), chromedp.SendKeys("#url", "POST http://cart/a"+kb.Enter), chromedp.WaitVisible("#asked"))
	if got := b.eval("document.querySelector('#asked code').textContent"); got != "POST http://cart/a" {
		t.Errorf("the page traces %q", got)
	}
	b.wait("document.querySelector('#asked .badge').textContent", "no cluster")
	b.picture("served")

	fixed := strings.Replace(service, ", subset: v9", "", 1)
	if err := os.WriteFile(filepath.Join(folder, "mesh.yaml"), []byte(fixed), 0o600); err != nil {
		t.Fatal(err)
	}
	b.wait("document.querySelector('#asked .badge')?.textContent", "no endpoints")
	if others := slices.DeleteFunc(slices.Clone(b.loaded), func(u string) bool { return strings.HasPrefix(u, address) }); len(others) > 0 {
		t.Errorf("the page loads %q", others)
	}
	b.quiet()

	if err := stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, stdout); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := http.Get(address); err == nil {
		t.Error("the server goes on")
	}
}
