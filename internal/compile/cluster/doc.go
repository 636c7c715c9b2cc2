// Package cluster builds the clusters that a proxy sends traffic to, and their endpoints: how endpoints are found, how
// the load balancer chooses among them, and which connections and TLS the proxy uses towards them.
package cluster
