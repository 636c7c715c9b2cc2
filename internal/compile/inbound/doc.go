// Package inbound builds what handles the traffic that reaches a workload: the listeners of its ports, their filter chains
// and the clusters behind them.
package inbound
