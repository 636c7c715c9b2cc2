package hostname

import "testing"

// The search is Envoy's: exact, then the longest star in front, then the longest star at the end, then any; the star is not
// empty, and of equal domains the first counts.
func TestDomains(t *testing.T) {
	var d Domains[int]
	for i, domain := range []string{"web.example.com", "*.example.com", "*.com", "*web.example.com", "web.*", "web.example.*", "*", "*", "*.com"} {
		d.Add(domain, i)
	}
	for host, want := range map[string]struct {
		value  int
		domain string
	}{
		"web.example.com": {0, "web.example.com"}, "a.example.com": {1, "*.example.com"}, "example.com": {2, "*.com"},
		"xweb.example.com": {3, "*web.example.com"}, "web.org": {4, "web.*"}, "web.example.org": {5, "web.example.*"},
		".com": {6, "*"}, "web.": {6, "*"}, "other": {6, "*"}, "": {6, "*"},
	} {
		if v, domain := d.Find(host); v != want.value || domain != want.domain {
			t.Errorf("%q: %d by %q", host, v, domain)
		}
	}
	var none Domains[int]
	if v, domain := none.Find("web"); v != 0 || domain != "" {
		t.Error(v, domain)
	}
}
