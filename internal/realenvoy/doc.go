// Package realenvoy judges sem by a real Envoy: it runs one from a proxy's resources, sends it a call, and reports what
// became of it in the words of a trace.
//
// Nothing here needs privileges. What a sidecar's network rules would do, the harness does by other means, and Envoy's
// own decisions stay Envoy's:
//
//   - A listener that receives redirected traffic learns the original destination from the kernel. Here it learns it,
//     and the peer's address, from a PROXY protocol header that the client sends first. Whatever address a call names
//     can so be dialled, and the hand-off to the listener of that address works as it does in a pod.
//   - Every endpoint becomes a port of the loopback address, behind which an upstream answers with what it received. The
//     port tells the endpoints apart. An upstream takes plaintext HTTP/1.1 and HTTP/2, TLS, and bytes of any kind.
//   - A cluster that dials the original destination dials one upstream instead and tells it the destination, by PROXY
//     protocol again.
//   - Envoy logs, for each call, the listener, filter chain, route table, virtual host, route, cluster and host that it
//     chose, and why it failed if it did.
//
// What only privileges can show, TestInterception shows: the kernel redirects a pod's traffic to the real ports, proxies
// check each other's certificates, and DNS finds what they dial. It needs root on Linux.
//
// What the rootless form does not judge: the names in certificates, but for the SPIFFE identity of a peer (certificates are
// self-signed, and Envoy is told not to look at their names, nor at all at those of upstreams), DNS (a name stands for its own
// address), and the extensions that only Istio's own proxy has.
package realenvoy
