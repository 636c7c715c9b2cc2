// Package facts is what several checks ask of one input, each fact worked out once: which services a host name stands for, where rules
// lead, which DestinationRule acts, what a gateway serves.
//
// [Set] is the door. Each of its parts is about one subject, owns the indexes that it needs, and asks only parts that are before
// it: [Documents], [Hosts], [Workloads], [Routes], [DestinationRules], [Gateways], [MutualTLS], [Egress]. Beside them stand values
// read from a single document, each with its [Place]: a [Destination], an [HTTPMatch], a [Policy], a [Server].
//
// A fact is not a finding: nothing here reports.
package facts
