package output

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sem.example/simulate"
)

// shownEndpoints is how many endpoints a trace for people lists.
const shownEndpoints = 8

// details are the lines below a step that tell more than its choice: what the proxy presents and trusts, and each endpoint
// with its share.
func details(h *simulate.Hop, s *simulate.Step) []string {
	switch s.Stage {
	case "route":
		return headerLines(h.Headers)
	case "tls":
		if s.Chose == "terminated" {
			return nil // the TLS of the client, not that towards the upstream
		}
		return tlsDetails(h.TLS)
	case "endpoint":
		sni := ""
		if h.TLS != nil {
			sni = h.TLS.SNI // the step of TLS has it
		}
		return endpointDetails(h.Endpoints, sni)
	}
	return nil
}

func tlsDetails(t *simulate.TLS) []string {
	if t == nil || t.OriginatedBy != "proxy" {
		return nil
	}
	var lines []string
	add := func(what, value string) {
		if value != "" {
			lines = append(lines, what+" "+value)
		}
	}
	add("server name", t.SNI)
	own := t.Mode == "ISTIO_MUTUAL" && t.ClientCertificate == "default"
	if !own {
		add("certificate", t.ClientCertificate)
		add("private key", t.PrivateKey)
	}
	switch {
	case own && t.Verified:
	case !t.Verified:
		lines = append(lines, "the server's certificate is not verified")
	case t.CACertificates == "system":
		lines = append(lines, "trusts the CAs of the operating system")
	default:
		add("trusts", t.CACertificates)
	}
	add("expects SAN", strings.Join(t.SubjectAltNames, ", "))
	return lines
}

func endpointDetails(all []simulate.Endpoint, sni string) []string {
	if len(all) == 1 && all[0].Resolved != "" {
		return []string{"DNS: " + all[0].Resolved}
	}
	if len(all) < 2 {
		return nil
	}
	mixed := slices.ContainsFunc(all, func(e simulate.Endpoint) bool { return e.TLS != all[0].TLS })
	var lines []string
	for i, e := range all {
		if i == shownEndpoints {
			return append(lines, fmt.Sprintf("and %d more", len(all)-i))
		}
		line := fmt.Sprintf("%5.1f%%  %s:%d", e.Share*100, e.Address, e.Port)
		if e.Locality != "" {
			line += "  in " + e.Locality
		}
		if e.Priority > 0 {
			line += fmt.Sprintf("  priority %d", e.Priority)
		}
		if e.Resolved != "" {
			line += "  at " + e.Resolved
		}
		if mixed {
			line += "  " + cmp.Or(tlsWords[e.TLS], "TLS "+e.TLS)
		}
		if e.SNI != "" && e.SNI != sni {
			line += ", server name " + e.SNI
		}
		if e.Verdict != "" {
			line += "  ✗ " + e.Because
		}
		lines = append(lines, line)
	}
	return lines
}

// tlsWords are the TLS modes of an endpoint in words.
var tlsWords = map[string]string{"DISABLE": "plaintext", "ISTIO_MUTUAL": "mutual TLS"}
