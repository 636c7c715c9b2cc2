package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAdviceFor(t *testing.T) {
	got := map[string]string{}
	want := map[string]string{
		"and exact are mutually exclusive":                                            "remove prefix or exact",
		"and exec are mutually exclusive: a probe has one method":                     "remove prefix or exec",
		"and minimumRingSize, its former name, are mutually exclusive":                "remove prefix or minimumRingSize",
		"is out of range (1 to 65535)":                                                "use a number from 1 to 65535",
		"is not supported by Istio: use fixedDelay":                                   "use fixedDelay",
		"must be left out: attempts is 0, so nothing is retried":                      "remove prefix",
		"must not be empty":                                                           "set a value, or remove prefix",
		"must have at most 16 items":                                                  "keep at most 16 items, or split the list over several resources",
		"must be at least 0":                                                          "use a value of at least 0",
		"is only supported with action CUSTOM":                                        "use action CUSTOM, or remove prefix",
		"must be a host name, without scheme, port or path":                           "",
		"must be the path of the client certificate":                                  "set prefix to the path of the client certificate",
		"must be left out: protocol HTTP is plaintext; use protocol HTTPS, or only x": "remove prefix",
	}
	for words := range want {
		got[words] = adviceFor(words, "prefix")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("advice (-want +got):\n%s", diff)
	}
}
