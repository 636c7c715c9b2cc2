package kustomize

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"maps"
	"slices"
	"sync"
)

// A Cache keeps what the library made of copies, for the next reading of the same input: what is still made of the same is not built
// again. It drops what a reading has not asked for. The zero Cache is empty; one cache is for one reading at a time. A nil one keeps nothing.
type Cache struct {
	mu            sync.Mutex
	earlier, next map[digest]reply
}

type digest [sha256.Size]byte

// Begin starts a reading.
func (c *Cache) Begin() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = map[digest]reply{}
}

// End drops what the reading did not ask for.
func (c *Cache) End() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.earlier, c.next = c.next, nil
}

// answer returns what was made of a request, or else has it made. An error, as that of a process which ran out of time, is not kept.
func (c *Cache) answer(r request, build func(request) (reply, error)) (reply, error) {
	if c == nil {
		return build(r)
	}
	id := r.digest()
	c.mu.Lock()
	made, known := c.earlier[id]
	c.mu.Unlock()
	if !known {
		var err error
		if made, err = build(r); err != nil {
			return reply{}, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		c.next[id] = made
	}
	return made, nil
}

// digest tells a request from others.
func (r request) digest() digest {
	h := sha256.New()
	add(h, []byte(r.Folder))
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		add(h, []byte(name))
		add(h, r.Files[name])
	}
	return digest(h.Sum(nil))
}

// add adds a text and its length, so that no two lists of texts are alike.
func add(h hash.Hash, text []byte) {
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(len(text)))
	h.Write(size[:])
	h.Write(text)
}
