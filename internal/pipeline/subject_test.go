package pipeline

import "testing"

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		field, outer string
		want         bool
	}{
		{"spec.http[0].route", "spec.http", true},
		{"spec.http[0]", "spec.http[0]", true},
		{"spec.http[10]", "spec.http[1]", false},
		{"spec.hostsX", "spec.hosts", false},
		{"spec.hosts", "spec.hosts[0]", false},
		{"spec.hosts[0]", "", false},
	} {
		if got := within(c.field, c.outer); got != c.want {
			t.Errorf("within(%q, %q) = %v", c.field, c.outer, got)
		}
	}
}

func TestPrivate(t *testing.T) {
	for name, want := range map[string]bool{"ledger": true, "ledger.internal": true, "DB.Local": true, "api.example.com": false} {
		if got := private(name); got != want {
			t.Errorf("private(%q) = %v", name, got)
		}
	}
}

func TestLowered(t *testing.T) {
	for text, want := range map[string]string{"Write the mode.": "write the mode", "SEM140 says more": "SEM140 says more", "": ""} {
		if got := lowered(text); got != want {
			t.Errorf("lowered(%q) = %q, want %q", text, got, want)
		}
	}
}
