package validate

import (
	"cmp"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM118",
	Title:    "service account does not exist",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Alone:    true,
	Why: `A workload outside Kubernetes proves its identity with a token of its service account. The input contains service accounts of this
namespace, but not this one: the workload cannot join the mesh, and clients expect an identity that no workload has.`,
	Fix: `Correct the name, or create the service account.`,
	Wrong: `
apiVersion: v1
kind: ServiceAccount
metadata: {name: database, namespace: shop}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: db, namespace: shop}
spec:
  metadata: {labels: {app: db}}
  template: {serviceAccount: databse}
`,
	Right: `
apiVersion: v1
kind: ServiceAccount
metadata: {name: database, namespace: shop}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: db, namespace: shop}
spec:
  metadata: {labels: {app: db}}
  template: {serviceAccount: database}
`,
	Aliases: []string{"KIA1701"},
}, missingAccount)

func missingAccount(s *facts.Set, r *reporter) {
	for _, o := range append(slices.Clone(s.WantedObjects("WorkloadGroup")), s.WantedObjects("WorkloadEntry")...) {
		account, field := serviceAccountOf(o)
		if account == "" || account == "default" || !s.Holds("ServiceAccount", o.Namespace) || s.Mesh.Object("ServiceAccount", o.Namespace, account) != nil {
			continue
		}
		f := r.at(facts.At(o, field), "namespace %s has no service account %q", o.Namespace, account)
		if near := diag.Nearest(account, namesOf(s, "ServiceAccount", o.Namespace)); near != "" {
			f.help("did you mean %q?", near)
		}
	}
}

func serviceAccountOf(o *config.Object) (account, field string) {
	switch spec := o.Spec.(type) {
	case *networking.WorkloadGroup:
		return spec.GetTemplate().GetServiceAccount(), "spec.template.serviceAccount"
	case *networking.WorkloadEntry:
		return spec.GetServiceAccount(), "spec.serviceAccount"
	}
	return "", ""
}

// namesOf returns the names of the objects of a kind in a namespace.
func namesOf(s *facts.Set, kind, namespace string) []string {
	var names []string
	for _, o := range s.Mesh.Objects(kind) {
		if o.Namespace == namespace {
			names = append(names, o.Name)
		}
	}
	return names
}

var _ = register(diag.Check{
	ID:       "SEM117",
	Title:    "gateway credential (Secret) is missing or lacks a key",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Alone:    true,
	Why: `A gateway reads the Secret of credentialName from the namespace of its workload, not from that of the Gateway resource. The input contains
Secrets of that namespace, but not this one, or the Secret lacks the keys: connections to the server are reset.`,
	Fix: `Create the Secret in the namespace of the gateway workload, with the keys tls.crt and tls.key (and ca.crt to verify clients).`,
	Wrong: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: istio-system}
spec:
  template:
    metadata: {labels: {istio: ingressgateway}}
    spec: {}
---
apiVersion: v1
kind: Secret
metadata: {name: other, namespace: istio-system}
type: kubernetes.io/tls
data: {tls.crt: "", tls.key: ""}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: web-tls}
`,
	Right: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: istio-system}
spec:
  template:
    metadata: {labels: {istio: ingressgateway}}
    spec: {}
---
apiVersion: v1
kind: Secret
metadata: {name: web-tls, namespace: istio-system}
type: kubernetes.io/tls
data: {tls.crt: "", tls.key: ""}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: web-tls}
`,
	Aliases: []string{"IST0101", "IST0161"},
}, missingSecret)

func missingSecret(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("Gateway") {
		spec, ok := o.Spec.(*networking.Gateway)
		if !ok || len(spec.GetSelector()) == 0 {
			continue
		}
		workloads := s.Workloads.Selected("", spec.GetSelector())
		for i, server := range spec.GetServers() {
			credential := server.GetTls().GetCredentialName()
			if credential == "" || strings.Contains(credential, "://") {
				continue
			}
			at := facts.At(o, "spec.servers").Item(i).Sub("tls.credentialName")
			if len(workloads) > 0 {
				gatewaySecret(s, r, at, workloads[0].Namespace, credential)
				continue
			}
			for namespace := range s.Workloads.GatewayNamespaces(o, spec) {
				if s.Mesh.Object("Secret", namespace, credential) != nil {
					gatewaySecret(s, r, at, namespace, credential)
				}
			}
		}
	}
}

// gatewaySecret reports a Secret that a gateway of a namespace asks for and that is missing there or of no use.
func gatewaySecret(s *facts.Set, r *reporter, at facts.Place, namespace, credential string) {
	o := s.Mesh.Object("Secret", namespace, credential)
	if o != nil {
		if spec, ok := o.Spec.(*config.Secret); ok && !usable(spec.Keys) {
			r.at(at, "Secret %s/%s has neither tls.crt and tls.key nor cert and key", namespace, credential).
				related(facts.At(o, "data"), "keys: %s", cmp.Or(strings.Join(spec.Keys, ", "), "none"))
		}
		return
	}
	if !s.Holds("Secret", namespace) {
		return
	}
	f := r.at(at, "no Secret %[2]q in namespace %[1]s, where the gateway runs", namespace, credential)
	if own := s.Mesh.Object("Secret", at.Object.Namespace, credential); own != nil {
		f.help("move it to namespace %s", namespace).related(facts.At(own, "metadata.namespace"), "it is in namespace %s", own.Namespace)
	} else if near := diag.Nearest(credential, namesOf(s, "Secret", namespace)); near != "" {
		f.help("did you mean %q?", near)
	}
}

// usable reports whether a Secret has the keys of a server's certificate.
func usable(keys []string) bool {
	has := func(all ...string) bool {
		return !slices.ContainsFunc(all, func(k string) bool { return !slices.Contains(keys, k) })
	}
	return has("tls.crt", "tls.key") || has("cert", "key")
}
