package hostname

import "testing"

func TestSplitPort(t *testing.T) {
	for authority, want := range map[string]struct {
		host string
		port uint32
	}{
		"web": {"web", 0}, "web:80": {"web", 80}, "[fd00::7]:80": {"fd00::7", 80}, "[fd00::7]": {"fd00::7", 0},
		"10.0.0.1:65535": {"10.0.0.1", 65535}, "web:65536": {"web:65536", 0}, "web:x": {"web:x", 0}, "": {"", 0},
	} {
		if host, port := SplitPort(authority); host != want.host || port != want.port {
			t.Errorf("%q: %q %d", authority, host, port)
		}
	}
}

func TestOfURL(t *testing.T) {
	for url, want := range map[string]string{
		"http://web/": "web", "http://web:80/a?b": "web", "web:80/x": "web", "web": "web", "": "",
		"https://user:secret@web:443#top": "web", "http://[fd00::7]:80/": "fd00::7", "http://[fd00::7]": "fd00::7",
		"fd00::7": "fd00::7", "http://web:99999/": "web", "tcp://10.0.0.1:9000": "10.0.0.1", "http://web?x=a@b": "web",
	} {
		if got := OfURL(url); got != want {
			t.Errorf("%q: %q, want %q", url, got, want)
		}
	}
}
