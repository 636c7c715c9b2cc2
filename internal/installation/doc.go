// Package installation reads what an input says of the Istio that is installed: which release istiod and the proxies are, and
// how istiod's environment is set.
//
// An IstioOperator, the values of the chart, the Deployment of istiod and the Pods of proxies may each name it. [Choose] takes
// one of them, and reports where they contradict each other.
package installation
