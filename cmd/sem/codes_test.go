package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
)

const codesIntro = `# Codes of other tools

By which checks ` + "`sem validate`" + ` finds what another tool has a code for. The page is made from the checks. ` + "`--disable`, `--enable`" + `,
the exceptions of [.sem.yaml](config.md) and ` + "`sem explain`" + ` take such a code as well as an ID.

## How much is found

Counted over the tests of the other tools with ` + "`--registry closed`" + `: what they expect, and what ` + "`sem validate`" + ` finds in the same input. A
message also counts where the finding is at the other one of two resources that conflict, or has another ID with the same subject.

| tests of | expected | found | without a counterpart | not found |
| --- | --- | --- | --- | --- |
| istioctl analyze, at release 1.32 | 216 | 130 | 60 | 26 |
| Kiali's checkers, in August 2026 | 526 | 325 | 70 | 131 |

Kiali's tests hold fragments. They were completed with the fields that the API server requires, with Namespaces, and with the Services and
Pods that the fragments speak of. What was not found of them:

| messages | why |
| --- | --- |
| 58 KIA0201 | two DestinationRules of a host define the same subset alike, or one has a wildcard: the result is as written. [SEM168](checks.md#sem168) finds definitions that differ, [SEM152](checks.md#sem152) and [SEM170](checks.md#sem170) lost settings |
| 19 KIA0301 | two HTTP servers of a port have a host in common: Istio gives them one route table, and both work. [SEM196](checks.md#sem196) finds it where TLS makes it a fault |
| 10 KIA1106 | a host and a wildcard that covers it, of which the narrower takes precedence ([SEM166](checks.md#sem166) says so); ` + "`name.namespace`" + `, which is not the Service; Gateways that do not exist ([SEM107](checks.md#sem107)) |
| 9 KIA1211 | ServiceEntries of a host that agree in everything: they are used together |
| 8 KIA0004, 2 KIA0203, 2 KIA1006, 1 KIA0106, 2 KIA1701 | the input has no workload or service account of the namespace, or another root namespace: there is nothing to compare with |
| 5 KIA0102 | methods beside ` + "`*`" + `, which matches all of them |
| 4 KIA0104 | hosts that are not full names of Services: a client may send any |
| 2 KIA0105, 3 KIA0204 | Kiali expects a DestinationRule with mutual TLS and a PeerAuthentication together, or the TLS of rules that are not exported: the connection works |
| 1 KIA0302 | istiod with gateways that select workloads of their own namespace only |
| 2 KIA0601, 1 KIA0701 | names of ports whose protocol is set, and the ports that a container lists: neither has an effect |
| 1 KIA0602, 1 KIA1104 | appProtocol ` + "`mysql-wrong`" + `, which Istio reads as mysql; a TLS route that the API server rejects |
`

// uncounted are codes of other tools that no check need stand for, with the reason.
var uncounted = []struct{ codes, why string }{
	{"IST0102 IST0103 IST0123 IST0146 IST0147 IST0148 IST0158", "injection: what the cluster does with a Pod when it is created"},
	{"IST0139 IST0141 IST0142 IST0163 IST0164 IST0168 IST0169 IST0175", "the installation: webhooks, permissions, versions, the control plane"},
	{"IST0125", "values of annotations, which the injector checks when it creates a Pod"},
	{"IST0136", "annotations that are not stable yet: using one is a choice, not a fault"},
	{"IST0143", "what a Pod listens on, which its manifest does not say"},
	{"IST0150", "ports of ExternalName Services: they are aliases and have no listener in the supported releases"},
	{"IST0126 IST0170", "several clusters held against each other"},
	{"IST0151 IST0155", "EnvoyFilter operations that are relative to other filters: a trace applies them"},
	{"IST0159", "Telemetries that select the same workload: all of them apply, and the newest takes precedence"},
	{"IST0156 IST0171 IST0172 IST0176", "the CRDs of the Gateway API in a cluster, and the status that its controllers wrote"},
	{"IST0166", "selectors of policies: by default they apply to gateways of the Gateway API as well"},
	{"IST0167", "Sidecars in the ambient mesh, which is not modelled; a trace that meets it says so"},
	{"IST0104", "what IST0162 replaced"},
	{"IST0105 IST0117 IST0119", "images, Deployments and token issuers by themselves"},
	{"IST0113 IST0114 IST0120 IST0121", "kinds and fields of policies that Istio no longer has"},
	{"IST0133", "warnings of Istio's webhook: each finding that has one says so"},
	{"IST0001", "a fault of the tool itself"},
	{"KIA0205 KIA0206", "mutual TLS in a DestinationRule without a PeerAuthentication: this works, as the mode is PERMISSIVE by default"},
	{"KIA0401 KIA0501", "mode STRICT without a DestinationRule: this works, as clients use mutual TLS automatically"},
	{"KIA1003", "the form of a Sidecar's hosts, which the API server checks"},
	{"KIA1103", "a VirtualService without routes, which the API server rejects"},
	{"KIA1201", "addresses of a ServiceEntry that its WorkloadEntries lack: Istio does not compare the two"},
	{"KIA1301", "workloads without an AuthorizationPolicy: this is a choice, not a fault"},
	{"KIA0001", "an example of a code, which Kiali does not use"},
	{"KIA0107 KIA0108", "service accounts of other clusters and other trust domains, which the input need not hold"},
	{"KIA0109 KIA0110 KIA0210 KIA0211 KIA0212 KIA1109 KIA1110 KIA1111 KIA1112 KIA1113 KIA1114 KIA1115 KIA1116 KIA1117 KIA1311 KIA1312 KIA1313 KIA1314 " +
		"KIA1315 KIA1316 KIA1317", "the ambient mesh, which is not modelled; a trace that meets it says so"},
	{"KIA1501", "a host of two Gateways of the Gateway API: each Gateway has its own proxies, so they do not conflict"},
	{"KIA1502", "an address of two Gateways of the Gateway API: whether a load balancer can share one, its cluster decides"},
	{"KIA1504", "classes of the Gateway API that Kiali is configured with"},
	{"KIA1601", "namespaces that Kiali may not read"},
}

// theirs are all codes of the tools. Each has a check or a reason.
func theirs() []string {
	codes := []string{"IST0001", "IST0002"}
	for n := 101; n <= 177; n++ {
		if n != 124 { // never used
			codes = append(codes, fmt.Sprintf("IST%04d", n))
		}
	}
	return append(codes, strings.Fields(`KIA0002 KIA0003 KIA0004 KIA0005 KIA0101 KIA0102 KIA0104 KIA0105 KIA0106 KIA0201 KIA0202 KIA0203 KIA0204 KIA0205
		KIA0206 KIA0207 KIA0208 KIA0209 KIA0301 KIA0302 KIA0401 KIA0501 KIA0505 KIA0506 KIA0601 KIA0602 KIA0701 KIA1003 KIA1004 KIA1006 KIA1007
		KIA1101 KIA1102 KIA1103 KIA1104 KIA1105 KIA1106 KIA1107 KIA1108 KIA1201 KIA1211 KIA1212 KIA1301 KIA1701 KIA1702
		KIA0001 KIA0107 KIA0108 KIA0109 KIA0110 KIA0210 KIA0211 KIA0212 KIA1109 KIA1110 KIA1111 KIA1112 KIA1113 KIA1114 KIA1115 KIA1116
		KIA1117 KIA1311 KIA1312 KIA1313 KIA1314 KIA1315 KIA1316 KIA1317 KIA1401 KIA1402 KIA1501 KIA1502 KIA1503 KIA1504 KIA1601`)...)
}

// TestCodesPage holds docs/codes.md to what the checks say of other tools.
func TestCodesPage(t *testing.T) {
	by := map[string][]*diag.Check{}
	for _, c := range pipeline.Checks() {
		for _, code := range c.Aliases {
			by[code] = append(by[code], c)
		}
	}
	var b strings.Builder
	b.WriteString(codesIntro)
	for _, tool := range []struct{ name, prefix string }{{"istioctl analyze", "IST"}, {"Kiali", "KIA"}} {
		fmt.Fprintf(&b, "\n## %s\n\n| code | checks |\n| --- | --- |\n", tool.name)
		for _, code := range slices.Sorted(maps.Keys(by)) {
			if !strings.HasPrefix(code, tool.prefix) {
				continue
			}
			var checks []string
			for _, c := range by[code] {
				checks = append(checks, fmt.Sprintf("[%s](checks.md#%s) %s", c.ID, anchor(c.ID), c.Title))
			}
			fmt.Fprintf(&b, "| %s | %s |\n", code, strings.Join(checks, "<br>"))
		}
	}
	b.WriteString("\n## Without a counterpart\n\nWhat the other tools look for and `sem` does not:\n\n| codes | what they are about |\n| --- | --- |\n")
	for _, row := range uncounted {
		codes := slices.DeleteFunc(strings.Fields(row.codes), func(code string) bool { return by[code] != nil })
		if len(codes) > 0 {
			fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(codes, ", "), row.why)
		}
	}
	for _, code := range theirs() {
		if by[code] == nil && !slices.ContainsFunc(uncounted, func(row struct{ codes, why string }) bool { return strings.Contains(row.codes, code) }) {
			t.Errorf("%s has neither a check nor a reason", code)
		}
	}
	golden(t, filepath.Join("..", "..", "docs", "codes.md"), b.String())
}

// TestCodesFire validates the wrong example of each check that stands for a code of another tool: the check must fire. TestExamples of
// the packages hold the right ones to no finding.
func TestCodesFire(t *testing.T) {
	for _, c := range pipeline.Checks() {
		if len(c.Aliases) == 0 {
			continue
		}
		fsys := fstest.MapFS{"example.yaml": {Data: []byte(c.Wrong)}}
		report, err := pipeline.Validate(pipeline.Options{FS: fsys, Paths: []string{"example.yaml"}}, pipeline.ValidateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(report.Findings, func(d diag.Diagnostic) bool { return d.Check == c }) {
			t.Errorf("%s: its example does not fire %s", strings.Join(c.Aliases, " "), c.ID)
		}
	}
}
