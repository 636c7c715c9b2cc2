package config

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"sem.example/internal/source"
)

// A Pruned is a field that [Prune] left out: its path in the document and its full name in the API.
type Pruned struct{ Path, Name string }

// Prune returns a message without the fields that are gone, by full name, and where these were set. Path is that of the
// message in its document. A message without such fields is returned as it is.
func Prune(m proto.Message, path string, gone func(name string) bool) (proto.Message, []Pruned) {
	p := pruner{gone: gone}
	p.find(m.ProtoReflect(), path, false)
	if len(p.found) == 0 {
		return m, nil
	}
	found := p.found
	m = proto.Clone(m)
	p.find(m.ProtoReflect(), path, true)
	return m, found
}

type pruner struct {
	gone  func(name string) bool
	found []Pruned
}

// find looks for fields that are gone, and clears them where it may.
func (p *pruner) find(m protoreflect.Message, path string, clear bool) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		at := source.Join(path, f.JSONName())
		switch {
		case p.gone(string(f.FullName())):
			p.found = append(p.found, Pruned{at, string(f.FullName())})
			if clear {
				m.Clear(f)
			}
		case f.IsMap() || f.Message() == nil || f.Message().ParentFile().Package() == "google.protobuf":
		case f.IsList():
			for i := range v.List().Len() {
				p.find(v.List().Get(i).Message(), source.Index(at, i), clear)
			}
		default:
			p.find(v.Message(), at, clear)
		}
		return true
	})
}
