package match

import (
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
)

// Fraction is a share of requests, 0 to 1; absent is what the share is where it is not set.
func Fraction(p *typev3.FractionalPercent, absent float64) float64 {
	if p == nil {
		return absent
	}
	of := map[typev3.FractionalPercent_DenominatorType]float64{
		typev3.FractionalPercent_HUNDRED: 100, typev3.FractionalPercent_TEN_THOUSAND: 10_000, typev3.FractionalPercent_MILLION: 1_000_000,
	}[p.GetDenominator()]
	if of == 0 {
		return 0
	}
	return min(float64(p.GetNumerator())/of, 1)
}
