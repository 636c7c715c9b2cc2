package schema

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAdviceFor(t *testing.T) {
	got := map[string]string{}
	want := map[string]string{
		"and exact are mutually exclusive":                                                   "remove prefix or exact",
		"and exec are mutually exclusive: a probe has one method":                            "remove prefix or exec",
		"and minimumRingSize, its former name, are mutually exclusive":                       "remove prefix or minimumRingSize",
		"is out of range (1 to 65535)":                                                       "use a number from 1 to 65535",
		"is not supported by Istio: use fixedDelay":                                          "use fixedDelay",
		"must be left out: attempts is 0, so nothing is retried":                             "set attempts to 1 or more, or remove prefix",
		"must not be empty":                                                                  "set a value, or remove prefix",
		"must have at most 16 items":                                                         "keep at most 16 items, or split the list over several resources",
		"must be at least 0":                                                                 "use a value of at least 0",
		"is only supported with action CUSTOM":                                               "use action CUSTOM, or remove prefix",
		"must be a host name, without scheme, port or path":                                  "",
		"must be base64":                                                                     "encode the body with base64, or use string",
		"must be letters, digits and inner dashes, at most 63 characters":                    "use letters, digits and inner dashes, at most 63 characters",
		"must be networking.istio.io/v1, v1beta1 or v1alpha3":                                "write networking.istio.io/v1",
		"must be at least 1s, in whole seconds":                                              "use at least 1s, in whole seconds",
		"must be left out: the filter's type is not CORS":                                    "set the type to CORS, or remove prefix",
		"a fault needs an abort or a delay":                                                  "add an abort or a delay",
		"a VirtualService needs routes: http, tls or tcp":                                    "add http, tls or tcp",
		"this mode needs a certificate: credentialName, or serverCertificate and privateKey": "add credentialName, or serverCertificate and privateKey",
		"a redirect must set at least one of uri and authority":                              "add at least one of uri and authority",
		"without rules the policy never matches; write a rule {} to match every request":     "write a rule {} to match every request",
		"must be the path of the client certificate":                                         "set prefix to the path of the client certificate",
		"must be left out: protocol HTTP is plaintext; use protocol HTTPS, or only x":        "set the port's protocol to HTTPS to terminate TLS here, or remove prefix",
	}
	for words := range want {
		got[words] = adviceFor(words, "prefix")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("advice (-want +got):\n%s", diff)
	}
}

// Where one check words several mistakes, each has its own advice: the fix of a check cannot fit them all. Of two checks, the fix
// does, as their messages differ only in what they list.
func TestAdviceOfEachMessage(t *testing.T) {
	shared := []string{"SEM023", "SEM025"}
	worded := regexp.MustCompile(`error\("(SEM\d+): ((?:[^"\\]|\\.)*)"`)
	messages := map[string][]string{}
	files, err := filepath.Glob("*.cue")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range worded.FindAllStringSubmatch(string(text), -1) {
			if id, words := found[1], strings.ReplaceAll(found[2], `\"`, `"`); !slices.Contains(messages[id], words) {
				messages[id] = append(messages[id], words)
			}
		}
	}
	for id, all := range messages {
		for _, words := range all {
			if len(all) > 1 && adviceFor(words, "FIELD") == "" && !slices.Contains(shared, id) {
				t.Errorf("%s: no advice for %q", id, words)
			}
		}
	}
}
