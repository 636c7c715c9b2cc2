// Package decision is what a proxy decided about a call: the hop with its steps, the outcome, and the origins of the
// resources behind them. Every layer records its decisions here, and none reads what another recorded.
package decision
