package realenvoy

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/sys/unix"
)

// A network is a node of a cluster in small: each pod has a network namespace, a bridge connects them, and the node has
// the addresses of the world outside. It is the real thing but for the containers.
type network struct {
	t    *testing.T
	node string // the namespace of the bridge
	pods int
}

const (
	bridge    = "10.1.255.254"
	envoyUser = "1337" // whose traffic is not redirected
)

// newNetwork makes a node. The test is skipped where the machine does not let it.
func newNetwork(t *testing.T) *network {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("real interception needs root: it makes network namespaces")
	}
	for _, tool := range []string{"ip", "nft", "setpriv"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("real interception needs %s (packages iproute2, nftables and util-linux; see make interception)", tool)
		}
	}
	n := &network{t: t, node: fmt.Sprintf("sem-%d-node", os.Getpid())}
	if out, err := exec.Command("ip", "netns", "add", n.node).CombinedOutput(); err != nil {
		t.Skipf("real interception needs network namespaces, which this machine refuses: %s", out)
	}
	t.Cleanup(func() { n.do("ip", "netns", "del", n.node) })
	n.do("ip", "-n", n.node, "link", "set", "lo", "up")
	n.do("ip", "-n", n.node, "link", "add", "bridge", "type", "bridge")
	n.do("ip", "-n", n.node, "link", "set", "bridge", "up")
	n.do("ip", "-n", n.node, "addr", "add", bridge+"/16", "dev", "bridge")
	return n
}

// outside gives the node an address of the world outside.
func (n *network) outside(address string) {
	n.do("ip", "-n", n.node, "addr", "add", address+"/32", "dev", "lo")
}

// pod makes a namespace with an address and returns its name. Envoy may bind any port there.
func (n *network) pod(address string) string {
	n.t.Helper()
	n.pods++
	name, link := fmt.Sprintf("sem-%d-%d", os.Getpid(), n.pods), fmt.Sprintf("pod%d", n.pods)
	n.do("ip", "netns", "add", name)
	n.t.Cleanup(func() { n.do("ip", "netns", "del", name) })
	n.do("ip", "-n", n.node, "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", name)
	n.do("ip", "-n", n.node, "link", "set", link, "master", "bridge", "up")
	n.do("ip", "-n", name, "link", "set", "lo", "up")
	n.do("ip", "-n", name, "addr", "add", address+"/16", "dev", "eth0")
	n.do("ip", "-n", name, "link", "set", "eth0", "up")
	n.do("ip", "-n", name, "route", "add", "default", "via", bridge)
	n.within(name, func() error {
		return os.WriteFile("/proc/sys/net/ipv4/ip_unprivileged_port_start", []byte("0"), 0)
	})
	return name
}

// redirection is what istio-init writes, in the words of nftables.
const redirection = `
table ip sem {
	chain outbound {
		type nat hook output priority -100; policy accept;
		meta skuid ` + envoyUser + ` return
		ip daddr 127.0.0.0/8 return
		meta l4proto tcp redirect to :15001
	}
	chain inbound {
		type nat hook prerouting priority -100; policy accept;
		meta l4proto tcp redirect to :15006
	}
}
`

// redirect sends the TCP traffic of a pod through its sidecar.
func (n *network) redirect(pod string) {
	n.t.Helper()
	cmd := exec.Command("ip", "netns", "exec", pod, "nft", "-f", "-")
	cmd.Stdin = strings.NewReader(redirection)
	if out, err := cmd.CombinedOutput(); err != nil {
		n.t.Fatalf("nft: %v: %s", err, out)
	}
}

func (n *network) do(command string, args ...string) {
	n.t.Helper()
	if out, err := exec.Command(command, args...).CombinedOutput(); err != nil {
		n.t.Fatalf("%s %s: %v: %s", command, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
}

// within calls f in a namespace; the sockets that f opens stay there.
func (n *network) within(pod string, f func() error) {
	n.t.Helper()
	if err := within(pod, f); err != nil {
		n.t.Fatalf("in %s: %v", pod, err)
	}
}

func within(pod string, f func() error) error {
	result := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		result <- func() error {
			handle, err := os.Open(filepath.Join("/var/run/netns", pod))
			if err != nil {
				return err
			}
			defer handle.Close()
			if err := unix.Setns(int(handle.Fd()), unix.CLONE_NEWNET); err != nil {
				return err
			}
			return f()
		}()
	}()
	return <-result
}

// listen opens a port in a namespace.
func (n *network) listen(pod, address string) (l net.Listener) {
	n.t.Helper()
	n.within(pod, func() (err error) {
		l, err = net.Listen("tcp", address)
		return err
	})
	return l
}

// dial connects from within a namespace.
func (n *network) dial(pod string, to netip.AddrPort) (c net.Conn, err error) {
	err = within(pod, func() (err error) {
		c, err = net.Dial("tcp", to.String())
		return err
	})
	return c, err
}

// resolve serves the names of a table on the loopback address of a pod, by DNS, and has the commands of the pod ask there.
func (n *network) resolve(pod string, table map[string]netip.Addr) {
	n.t.Helper()
	etc := filepath.Join("/etc/netns", pod) // what "ip netns exec" lays over /etc
	if err := os.MkdirAll(etc, 0o755); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { os.RemoveAll(etc) })
	if err := os.WriteFile(filepath.Join(etc, "resolv.conf"), []byte("nameserver 127.0.0.1\n"), 0o644); err != nil {
		n.t.Fatal(err)
	}
	var c net.PacketConn
	n.within(pod, func() (err error) {
		c, err = net.ListenPacket("udp", "127.0.0.1:53")
		return err
	})
	n.t.Cleanup(func() { c.Close() })
	go func() {
		buffer := make([]byte, 512)
		for {
			size, from, err := c.ReadFrom(buffer)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buffer[:size]) != nil || len(m.Questions) != 1 {
				continue
			}
			answerName(&m, table)
			if text, err := m.Pack(); err == nil {
				_, _ = c.WriteTo(text, from) // a lost answer is asked for again
			}
		}
	}()
}

// answerName makes a question its own answer.
func answerName(m *dnsmessage.Message, table map[string]netip.Addr) {
	q := m.Questions[0]
	m.Header = dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true}
	m.Additionals = nil
	address, known := table[strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))]
	switch {
	case !known:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60},
			Body:   &dnsmessage.AResource{A: address.As4()},
		}}
	}
}

// lookUp asks the DNS of a pod, as an application does.
func (n *network) lookUp(pod, name string) netip.Addr {
	n.t.Helper()
	q := dnsmessage.Message{Header: dnsmessage.Header{ID: 1, RecursionDesired: true}, Questions: []dnsmessage.Question{{
		Name: dnsmessage.MustNewName(name + "."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET,
	}}}
	text, err := q.Pack()
	if err != nil {
		n.t.Fatal(err)
	}
	var out netip.Addr
	n.within(pod, func() error {
		c, err := net.Dial("udp", "127.0.0.1:53")
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := c.Write(text); err != nil {
			return err
		}
		answer := make([]byte, 512)
		size, err := c.Read(answer)
		if err != nil {
			return err
		}
		var m dnsmessage.Message
		if err := m.Unpack(answer[:size]); err != nil || len(m.Answers) == 0 {
			return fmt.Errorf("no address of %s: %v", name, err)
		}
		out = netip.AddrFrom4(m.Answers[0].Body.(*dnsmessage.AResource).A)
		return nil
	})
	return out
}
