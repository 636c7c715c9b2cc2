package explain

import "testing"

func TestPrivate(t *testing.T) {
	for name, want := range map[string]bool{"ledger": true, "ledger.internal": true, "DB.Local": true, "api.example.com": false} {
		if got := private(name); got != want {
			t.Errorf("private(%q) = %v", name, got)
		}
	}
}
