package security

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTrustDomainAliases(t *testing.T) {
	domains := trustDomains{"td2", "td1"}
	for _, tt := range []struct {
		name         string
		domains      trustDomains
		values, want []string
	}{
		{"own", domains, []string{"td2/ns/foo/sa/a"}, []string{"td2/ns/foo/sa/a", "td1/ns/foo/sa/a"}},
		{"alias", domains, []string{"td1/ns/foo/sa/a"}, []string{"td2/ns/foo/sa/a", "td1/ns/foo/sa/a"}},
		{"cluster.local stands for the own", domains, []string{"cluster.local/ns/foo/sa/a"}, []string{"td2/ns/foo/sa/a", "td1/ns/foo/sa/a"}},
		{"foreign", domains, []string{"other/ns/foo/sa/a"}, []string{"other/ns/foo/sa/a"}},
		{"any domain", domains, []string{"*/ns/foo/sa/a"}, []string{"*/ns/foo/sa/a"}},
		{"no identity", domains, []string{"sa/a", "*"}, []string{"sa/a", "*"}},
		{"suffix pattern stands for both", trustDomains{"new-td", "old-td"}, []string{"*-td/ns/foo/sa/a"}, []string{"*-td/ns/foo/sa/a"}},
		{"suffix pattern of one", trustDomains{"new-td", "old"}, []string{"*-td/ns/foo/sa/a"}, []string{"*-td/ns/foo/sa/a", "old/ns/foo/sa/a"}},
		{"prefix pattern is spelt out", trustDomains{"td-a", "td-b"}, []string{"td-*/ns/foo/sa/a"}, []string{"td-a/ns/foo/sa/a", "td-b/ns/foo/sa/a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.domains.apply("source.principal", tt.values)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTrustDomainsOfCondition(t *testing.T) {
	got := trustDomains{"a", "b"}.apply("source.trustDomain", []string{"x", "b", "a"})
	if diff := cmp.Diff([]string{"x", "a", "b"}, got); diff != "" {
		t.Error(diff)
	}
}
