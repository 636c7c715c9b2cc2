package validate

import (
	"slices"
	"testing"
)

// traps are behaviours of Istio that everybody accepts at first and that surprise later, each with the checks that tell of it
// beforehand. The others show only in a request, and so in its trace.
var traps = map[string][]string{
	"TCP entries of one port without addresses": {"SEM128"},
	"TCP entry on port 443 takes all HTTPS":     {"SEM126"},
	"several hosts behind one address":          {"SEM131"},
	"one host in two entries":                   {"SEM160", "SEM161"},
	"wildcard host with DNS":                    {"SEM138"},
	"wildcard entry beside a specific one":      {"SEM163", "SEM166"},
	"resolution NONE behind a gateway":          {"SEM139"},
	"resolution NONE and TLS origination":       {"SEM133", "SEM146"},
	"HTTP on port 443, HTTPS on port 80":        {"SEM125"},
	"headless Service: single Pods, targetPort": {"SEM137", "SEM268"},
	"TLS in TLS":                                           {"SEM140", "SEM141"},
	"plaintext to a TLS port":                              {"SEM142", "SEM143"},
	"HTTP rules for an HTTPS host":                         {"SEM120"},
	"credentialName on sidecars":                           {"SEM144"},
	"TLS origination without a server name":                {"SEM145"},
	"what verifies a server without a CA":                  {"SEM147"},
	"mutual TLS towards something without a sidecar":       {"SEM150", "SEM151"},
	"clients go by the policy of the namespace":            {"SEM258"},
	"connections reused for one certificate":               {"SEM197"},
	"short names go by the document's namespace":           {"SEM101", "SEM102", "SEM111"},
	"DestinationRule in the wrong namespace":               {"SEM106", "SEM171", "SEM181"},
	"subset that is missing":                               {"SEM105"},
	"DestinationRule for selected workloads":               {"SEM172"},
	"two DestinationRules for one host":                    {"SEM168", "SEM169"},
	"settings of a port replace those above":               {"SEM203", "SEM206"},
	"policy of a subset without a route":                   {"SEM207"},
	"destination port is the Service's":                    {"SEM103", "SEM104"},
	"rules for a host that nobody registers":               {"SEM109"},
	"exportTo and Sidecar hide hosts":                      {"SEM180", "SEM182", "SEM183", "SEM184", "SEM185", "SEM186", "SEM187"},
	"external host without its own authority":              {"SEM227"},
	"regex matches the whole path, and no query":           {"SEM223", "SEM225"},
	"prefix is text, rewrites concatenate":                 {"SEM224", "SEM226"},
	"several VirtualServices of one host":                  {"SEM164", "SEM167"},
	"no rule matches":                                      {"SEM235"},
	"gateways leave the sidecars out":                      {"SEM246"},
	"server hosts filter hosts and namespaces":             {"SEM190", "SEM191"},
	"TCP servers know no hosts":                            {"SEM195", "SEM290"},
	"source labels count where the configuration is built": {"SEM229", "SEM230"},
	"tries that do not fit into the timeout":               {"SEM232"},
	"faults without percentage, and without retries":       {"SEM233", "SEM234"},
	"delegates drop rules":                                 {"SEM240", "SEM241", "SEM242", "SEM243", "SEM244"},
	"sticky sessions and weights":                          {"SEM210", "SEM211", "SEM212"},
	"capitals, and ports in authorities":                   {"SEM239"},
	"pseudo headers":                                       {"SEM292"},
	"redirect codes that lose the route table":             {"SEM228"},
	"subnets of a TLS match stay in force":                 {"SEM291"},
	"egress gateway: legs that do not meet":                {"SEM247", "SEM248", "SEM249"},
	"shared host removes a whole server":                   {"SEM196"},
	"no listener without a rule":                           {"SEM194"},
	"port of server, Service and Pod":                      {"SEM123", "SEM192"},
	"locality and outlier detection":                       {"SEM208", "SEM295"},
	"selectors stay in their namespace":                    {"SEM113", "SEM172", "SEM250"},
	"weighted TCP routes":                                  {"SEM294"},
	"tunnels carry no HTTP":                                {"SEM293"},
}

// TestTraps holds the list of checks to the traps that configuration alone can show.
func TestTraps(t *testing.T) {
	known := map[string]bool{}
	for _, c := range Checks() {
		known[c.ID] = true
	}
	for trap, ids := range traps {
		if missing := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return known[id] }); len(missing) > 0 {
			t.Errorf("%s: no check %v", trap, missing)
		}
	}
}
