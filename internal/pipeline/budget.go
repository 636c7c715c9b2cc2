package pipeline

import "runtime/metrics"

// maxKept is how many bytes of memory the process may use, beyond what it used before its first engine, until engines are
// dropped. An engine of a large mesh holds a hundred times more than one of a small mesh: their number says little.
const maxKept = 512 << 20

// A heap is what the garbage collector found in use, and in which collection.
type heap struct{ live, collection uint64 }

// liveHeap returns what the last collection found.
func liveHeap() heap {
	found := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(found)
	return heap{live: found[0].Value.Uint64(), collection: found[1].Value.Uint64()}
}

// A budget says when engines have to be dropped. What was dropped leaves the heap at the next collection, so that it asks for
// more at most once a collection.
type budget struct {
	first *heap  // before the first engine
	asked uint64 // the collection after which engines were dropped last
}

// exceeded reports whether engines have to be dropped, given what is in use.
func (b *budget) exceeded(now heap) bool {
	if b.first == nil {
		b.first = &now
	}
	if now.live <= b.first.live+maxKept || now.collection == b.asked {
		return false
	}
	b.asked = now.collection
	return true
}
