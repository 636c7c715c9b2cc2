package render

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// large is the size of a message, in bytes as protobuf, from which on it is split.
const large = 16 << 10

// A splitter takes messages that grow with the mesh apart, such as a listener with its filter chains or a route table with
// its virtual hosts, so that their parts are written side by side and the whole is never held as text. A large message is
// written field by field, and a list of messages in it one by one. The text is the same.
type splitter struct {
	yield   func(piece) bool
	stopped bool // nobody wants more
}

func (s *splitter) put(p piece) { s.stopped = s.stopped || !s.yield(p) }

func (s *splitter) raw(text string) { s.put(func(p *page) { p.raw(text) }) }

// message writes some text and then a message, whose lines but for the first begin with an indentation.
func (s *splitter) message(before string, m proto.Message, indent string) {
	if wellKnown(m) || proto.Size(m) < large {
		s.put(func(p *page) {
			p.raw(before)
			p.message(m, indent)
		})
		return
	}
	before += "{"
	fields := m.ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if f := fields.Get(i); m.ProtoReflect().Has(f) {
			s.field(before, m.ProtoReflect(), f, indent)
			before = ","
		}
	}
	s.raw("\n" + indent + "}")
}

// field writes some text and then a field of a message, on a line of its own.
func (s *splitter) field(before string, m protoreflect.Message, f protoreflect.FieldDescriptor, indent string) {
	inner := indent + "  "
	before += "\n" + inner
	switch {
	case f.Message() == nil || f.IsMap():
		s.put(func(p *page) {
			p.raw(before)
			p.field(m, f, indent)
		})
	case f.IsList():
		before += `"` + f.TextName() + `": [`
		for i, list := 0, m.Get(f).List(); i < list.Len() && !s.stopped; i++ {
			s.message(before+"\n"+inner+"  ", list.Get(i).Message().Interface(), inner+"  ")
			before = ","
		}
		s.raw("\n" + inner + "]")
	default:
		s.message(before+`"`+f.TextName()+`": `, m.Get(f).Message().Interface(), inner)
	}
}

// field writes a single field of a message, the message's other lines beginning with an indentation.
func (p *page) field(m protoreflect.Message, f protoreflect.FieldDescriptor, indent string) {
	alone := m.New()
	alone.Set(f, m.Get(f))
	at := p.text.Len()
	if p.message(alone.Interface(), indent); p.err != nil {
		return
	}
	open, end := "{\n"+indent+"  ", "\n"+indent+"}"
	text := p.text.Bytes()
	n := copy(text[at:], text[at+len(open):len(text)-len(end)])
	p.text.Truncate(at + n)
}

// wellKnown reports whether a message has a JSON form of its own, as Any and Struct have.
func wellKnown(m proto.Message) bool {
	return strings.HasPrefix(string(m.ProtoReflect().Descriptor().FullName()), "google.protobuf.")
}
