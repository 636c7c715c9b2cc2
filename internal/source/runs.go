package source

import "slices"

// runLength is how many documents are looked at on one processor: those of a usual file, for other files are looked at
// meanwhile.
const runLength = 64

// Runs cuts documents into runs that are worth a processor each.
func Runs(docs []*Document) [][]*Document { return slices.Collect(slices.Chunk(docs, runLength)) }
