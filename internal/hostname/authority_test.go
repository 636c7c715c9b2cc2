package hostname

import "testing"

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
