package source

import "slices"

// batchLength is how many documents are looked at on one processor: those of a usual file, for other files are looked at
// meanwhile.
const batchLength = 64

// Batches cuts documents into batches that are worth a processor each.
func Batches(docs []*Document) [][]*Document { return slices.Collect(slices.Chunk(docs, batchLength)) }
