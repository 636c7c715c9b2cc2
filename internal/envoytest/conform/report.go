package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/compile"
	"sem.example/internal/envoytest/binary"
)

// A report is what came of all proxies, in the order in which they were given.
type report struct {
	options
	results []result
}

// introduction says what the numbers are about. It is given Envoy's version, how many meshes were made up, the seed and
// the limit.
const introduction = `# Fidelity

Does Envoy do what ` + "`sem trace`" + ` says? ` + "`sem`" + ` rendered the configuration of each proxy below, and a real Envoy %s ran it. Requests were
generated from that configuration: for each host, wildcard, path, header, query, server name, address range, port, origin, token and
authorization rule, one that matches, one that just matches and one that just does not; and requests whose headers a proxy removes,
overwrites, joins or rejects: forged identities, repeated headers, too many or too large ones, malformed framing. Each request was sent
through Envoy, and traced.

A request agrees if the trace names what Envoy logged (listener, filter chain, route table, virtual host, route, cluster), what arrived
upstream (endpoint, TLS with SNI and client certificate, path, authority, method, headers), which headers came back, the status and
location of Envoy's own responses, and whether it failed. Where Envoy chooses at random, the trace must list what it chose.

Not compared: the names in certificates, except the SPIFFE identity of a peer; DNS, because each name has an address of the test; and the
extensions that only Istio's own proxy has. The package documentation of ` + "`internal/realenvoy`" + ` describes how. Its test of real
interception compares these as well: there, the kernel redirects connections, proxies verify certificates and resolve names, and every
proxy on the path is compared with the trace.

The meshes are the examples, those of tests, and %d that are generated at random (` + "`internal/envoytest/meshgen`" + `).
` + "`make conform`" + ` repeats this (seed %d, at most %d requests to a proxy).

`

func (r *report) agrees() bool {
	for _, of := range r.results {
		if len(of.disagreements) > 0 || of.trouble != "" {
			return false
		}
	}
	return true
}

func (r *report) write(w io.Writer) error {
	var out strings.Builder
	calls, agree, outcomes := 0, 0, map[string]int{}
	for _, of := range r.results {
		calls, agree = calls+of.calls, agree+of.agree
		for what, n := range of.answers {
			outcomes[what] += n
		}
	}
	fmt.Fprintf(&out, introduction, binary.Versions[r.release.Envoy()], r.random, r.seed, r.limit)
	fmt.Fprintf(&out, "**%d of %d requests agree**, to %d proxies.\n\n", agree, calls, len(r.results))
	table(&out, outcomes)
	r.tableOfFeatures(&out)
	r.tableOfProxies(&out)
	r.listDisagreements(&out)
	r.listNotModelled(&out)
	_, err := io.WriteString(w, out.String())
	return err
}

func table(out *strings.Builder, outcomes map[string]int) {
	fmt.Fprintf(out, "| what Envoy did | requests |\n| --- | ---: |\n")
	names := slices.SortedFunc(maps.Keys(outcomes), func(a, b string) int {
		return cmp.Or(cmp.Compare(outcomes[b], outcomes[a]), strings.Compare(a, b))
	})
	for _, name := range names {
		fmt.Fprintf(out, "| %s | %d |\n", name, outcomes[name])
	}
	out.WriteString("\n")
}

func (r *report) tableOfProxies(out *strings.Builder) {
	fmt.Fprintf(out, "| mesh | proxy | agree | requests |\n| --- | --- | ---: | ---: |\n")
	var generated count
	proxies := 0
	for _, of := range r.results {
		if of.world != nil && of.world.generated {
			generated.agree, generated.calls, proxies = generated.agree+of.agree, generated.calls+of.calls, proxies+1
			continue
		}
		fmt.Fprintf(out, "| %s | %s | %d | %d |\n", of.mesh, of.proxy, of.agree, of.calls)
	}
	if proxies > 0 {
		fmt.Fprintf(out, "| %d generated meshes | %d proxies | %d | %d |\n", r.random, proxies, generated.agree, generated.calls)
	}
}

// listDisagreements lists what the report is for. Of each proxy some are enough to see the rule behind them.
func (r *report) listDisagreements(out *strings.Builder) {
	const some = 5
	fmt.Fprintf(out, "\n## Disagreements\n\n")
	none := true
	for _, of := range r.results {
		if of.trouble != "" {
			none = false
			fmt.Fprintf(out, "- %s %s: not compared to the end: %s\n", of.mesh, of.proxy, strings.ReplaceAll(of.trouble, "\n", " "))
		}
		for i, d := range of.disagreements {
			none = false
			if i == some && !r.verbose {
				fmt.Fprintf(out, "- %s %s: and %d more\n", of.mesh, of.proxy, len(of.disagreements)-some)
				break
			}
			fmt.Fprintf(out, "- %s %s: %s\n", of.mesh, of.proxy, describe(d.call))
			for _, difference := range d.differences {
				fmt.Fprintf(out, "  - %s\n", difference)
			}
			if r.verbose {
				seen, _ := json.Marshal(d.seen) // of strings and numbers
				fmt.Fprintf(out, "  - Envoy: `%s`\n", seen)
			}
		}
	}
	if none {
		out.WriteString("None.\n")
	}
}

// tableOfFeatures lists what the calls had to do with.
func (r *report) tableOfFeatures(out *strings.Builder) {
	fmt.Fprintf(out, "| feature | agree | requests |\n| --- | ---: | ---: |\n")
	for _, f := range features {
		var sum count
		for _, of := range r.results {
			sum.agree, sum.calls = sum.agree+of.features[f.name].agree, sum.calls+of.features[f.name].calls
		}
		if sum.calls > 0 {
			fmt.Fprintf(out, "| %s | %d | %d |\n", f.name, sum.agree, sum.calls)
		}
	}
	out.WriteString("\n")
}

// listNotModelled lists what sem knows and does not model, and what of it these traces say that they leave out.
func (r *report) listNotModelled(out *strings.Builder) {
	out.WriteString("\n## Not modelled\n\nA trace names these in `notModelled` if its mesh has them and they affect the proxy:\n\n")
	for _, kind := range compile.Untranslated() {
		fmt.Fprintf(out, "- %s\n", kind)
	}
	calls := map[string]int{}
	for _, of := range r.results {
		for what, n := range of.notModelled {
			calls[what] += n
		}
	}
	names := slices.SortedFunc(maps.Keys(calls), func(a, b string) int {
		return cmp.Or(cmp.Compare(calls[b], calls[a]), strings.Compare(a, b))
	})
	out.WriteString("\nWhat the traces left out, with the number of requests:\n\n")
	for _, name := range names {
		fmt.Fprintf(out, "- %s: %d\n", name, calls[name])
	}
	if len(names) == 0 {
		out.WriteString("Nothing.\n")
	}
}
