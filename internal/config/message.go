package config

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"

	"sem.example/internal/source"
)

// A reader fills protobuf messages from trees. It reads what istiod's decoder (golang/protobuf's jsonpb, unknown fields
// allowed) reads, quirks included: durations as Go writes them ("250ms"), numbers in quotes, and null for "as if absent".
// Unlike that decoder it goes on after a mistake, and knows the path of each.
type reader struct {
	path    []step
	faults  []fault
	unknown []fault

	stored bool     // entries of maps that are null are left out, as the API server does, and noted
	nulls  []string // their paths
}

// A step leads from a value to one of its fields or, where the key is empty, items.
type step struct {
	key   string
	index int
}

// A fault is a field that does not fit its message.
type fault struct {
	field   string
	message string
}

func (r *reader) push(key string, index int) { r.path = append(r.path, step{key, index}) }
func (r *reader) pop()                       { r.path = r.path[:len(r.path)-1] }

// here is the path of the value at hand.
func (r *reader) here() string {
	path := ""
	for _, s := range r.path {
		if s.key == "" {
			path = source.Index(path, s.index)
			continue
		}
		path = source.Join(path, s.key)
	}
	return path
}

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fault{r.here(), fmt.Sprintf(format, args...)})
}

// message fills a message. A field that is set already is replaced as a whole.
func (r *reader) message(m protoreflect.Message, n *source.Node) {
	if n == nil || n.Kind == source.Null {
		return
	}
	if read, ok := wellKnown[m.Descriptor().FullName()]; ok {
		read(r, m, n)
		return
	}
	if n.Kind != source.Map {
		r.fault("a map belongs here, not a %s", n.Kind)
		return
	}
	fields := m.Descriptor().Fields()
	for i := range n.Fields {
		f := &n.Fields[i]
		r.push(f.Key, 0)
		if fd := field(fields, n, f.Key); fd == nil {
			r.unknown = append(r.unknown, fault{field: r.here(), message: string(m.Descriptor().FullName())})
		} else if f.Value.Kind != source.Null && prevails(m, fd) {
			r.field(m, fd, f.Value)
		}
		r.pop()
	}
}

// field finds a field by the name that it has in JSON or, where the tree does not have that too, in its proto file.
func field(fields protoreflect.FieldDescriptors, n *source.Node, key string) protoreflect.FieldDescriptor {
	if fd := fields.ByJSONName(key); fd != nil {
		return fd
	}
	fd := fields.ByName(protoreflect.Name(key))
	if fd == nil || n.Get(fd.JSONName()) != nil {
		return nil
	}
	return fd
}

// prevails reports whether a field is set in view of what its oneof already holds: the last in the proto file wins.
func prevails(m protoreflect.Message, fd protoreflect.FieldDescriptor) bool {
	one := fd.ContainingOneof()
	if one == nil {
		return true
	}
	set := m.WhichOneof(one)
	return set == nil || set.Index() <= fd.Index()
}

func (r *reader) field(m protoreflect.Message, fd protoreflect.FieldDescriptor, n *source.Node) {
	v := m.NewField(fd)
	var ok bool
	switch {
	case fd.IsList():
		ok = r.list(v.List(), fd, n)
	case fd.IsMap():
		ok = r.entries(v.Map(), fd, n)
	default:
		v, ok = r.single(v, fd, n)
	}
	if ok {
		m.Set(fd, v)
	}
}

func (r *reader) list(l protoreflect.List, fd protoreflect.FieldDescriptor, n *source.Node) bool {
	if n.Kind != source.List {
		r.fault("a list belongs here, not a %s", n.Kind)
		return false
	}
	for i, item := range n.Items {
		r.push("", i)
		if v, ok := r.single(l.NewElement(), fd, item); ok {
			l.Append(v)
		}
		r.pop()
	}
	return true
}

func (r *reader) entries(m protoreflect.Map, fd protoreflect.FieldDescriptor, n *source.Node) bool {
	if n.Kind != source.Map {
		r.fault("a map belongs here, not a %s", n.Kind)
		return false
	}
	for _, f := range n.Fields {
		r.push(f.Key, 0)
		if r.stored && f.Value.Kind == source.Null {
			r.nulls = append(r.nulls, r.here())
			r.pop()
			continue
		}
		key, known := r.single(fd.MapKey().Default(), fd.MapKey(), keyNode(fd.MapKey(), f.Key))
		v, ok := r.single(m.NewValue(), fd.MapValue(), f.Value)
		if known && ok {
			m.Set(key.MapKey(), v)
		}
		r.pop()
	}
	return true
}

// keyNode is a map's key as a value of its own.
func keyNode(fd protoreflect.FieldDescriptor, key string) *source.Node {
	if fd.Kind() == protoreflect.BoolKind {
		return &source.Node{Kind: source.Bool, Text: key}
	}
	return &source.Node{Kind: source.String, Text: key}
}

// single reads a value that is neither a list nor a map. A null item of a list is the zero value.
func (r *reader) single(zero protoreflect.Value, fd protoreflect.FieldDescriptor, n *source.Node) (protoreflect.Value, bool) {
	switch kind := fd.Kind(); {
	case kind == protoreflect.MessageKind:
		before := len(r.faults)
		r.message(zero.Message(), n)
		_, one := wellKnown[fd.Message().FullName()]
		return zero, !one || len(r.faults) == before // of others the rest counts
	case kind == protoreflect.EnumKind:
		return r.enum(fd, n)
	case kind == protoreflect.StringKind && n.Kind == source.String:
		return protoreflect.ValueOfString(n.Text), true
	case kind == protoreflect.StringKind && n.Kind == source.Null:
		return protoreflect.ValueOfString(""), true
	case kind == protoreflect.StringKind:
		r.fault("a string belongs here, not a %s; put %s in quotes", n.Kind, n.AppendJSON(nil))
	case kind == protoreflect.BoolKind:
		if n.Kind == source.Bool || n.Kind == source.Null {
			return protoreflect.ValueOfBool(n.Text == "true"), true
		}
		r.fault("true or false belongs here, not a %s", n.Kind)
	case kind == protoreflect.BytesKind:
		return r.bytes(n)
	default:
		return r.number(kind, n)
	}
	return zero, false
}

func (r *reader) enum(fd protoreflect.FieldDescriptor, n *source.Node) (protoreflect.Value, bool) {
	if n.Kind == source.Number || n.Kind == source.Null {
		var number protoreflect.EnumNumber
		err := json.Unmarshal(n.AppendJSON(nil), &number)
		if err != nil {
			r.fault("%s is not a value of %s", n.Text, fd.Enum().Name())
		}
		return protoreflect.ValueOfEnum(number), err == nil
	}
	if value := fd.Enum().Values().ByName(protoreflect.Name(n.Text)); value != nil && n.Kind == source.String {
		return protoreflect.ValueOfEnum(value.Number()), true
	}
	r.fault("%s is not a value of %s", n.AppendJSON(nil), fd.Enum().Name())
	return protoreflect.Value{}, false
}

func (r *reader) bytes(n *source.Node) (protoreflect.Value, bool) {
	data, err := base64.StdEncoding.DecodeString(n.Text)
	if err != nil || n.Kind != source.String && n.Kind != source.Null {
		r.fault("must be a base64 string")
		return protoreflect.Value{}, false
	}
	return protoreflect.ValueOfBytes(data), true
}

// number reads a number, in quotes or not.
func (r *reader) number(kind protoreflect.Kind, n *source.Node) (protoreflect.Value, bool) {
	if n.Kind != source.Number && n.Kind != source.String && n.Kind != source.Null {
		r.fault("a number belongs here, not a %s", n.Kind)
		return protoreflect.Value{}, false
	}
	text := []byte(n.Text)
	if n.Kind == source.Null {
		text = []byte("null")
	}
	v, err := numeric(kind, text)
	if err != nil {
		r.fault("%s is not a number of this type", n.AppendJSON(nil))
	}
	return v, err == nil
}

func numeric(kind protoreflect.Kind, text []byte) (protoreflect.Value, error) {
	switch kind {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return numeral(text, protoreflect.ValueOfInt32)
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return numeral(text, protoreflect.ValueOfInt64)
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return numeral(text, protoreflect.ValueOfUint32)
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return numeral(text, protoreflect.ValueOfUint64)
	}
	f, finite := map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}[string(text)]
	if kind == protoreflect.FloatKind {
		if finite {
			return protoreflect.ValueOfFloat32(float32(f)), nil
		}
		return numeral(text, protoreflect.ValueOfFloat32)
	}
	if finite {
		return protoreflect.ValueOfFloat64(f), nil
	}
	return numeral(text, protoreflect.ValueOfFloat64)
}

// numeral reads a JSON literal as a T.
func numeral[T any](text []byte, value func(T) protoreflect.Value) (protoreflect.Value, error) {
	var t T
	err := json.Unmarshal(text, &t)
	return value(t), err
}

// wellKnown are the messages with a JSON form of their own.
var wellKnown map[protoreflect.FullName]func(*reader, protoreflect.Message, *source.Node)

func init() {
	wellKnown = map[protoreflect.FullName]func(*reader, protoreflect.Message, *source.Node){
		"google.protobuf.Duration":    (*reader).duration,
		"google.protobuf.Timestamp":   (*reader).standard,
		"google.protobuf.Struct":      (*reader).standard,
		"google.protobuf.Value":       (*reader).standard,
		"google.protobuf.ListValue":   (*reader).standard,
		"google.protobuf.BoolValue":   (*reader).wrapper,
		"google.protobuf.BytesValue":  (*reader).wrapper,
		"google.protobuf.StringValue": (*reader).wrapper,
		"google.protobuf.Int32Value":  (*reader).wrapper,
		"google.protobuf.UInt32Value": (*reader).wrapper,
		"google.protobuf.Int64Value":  (*reader).wrapper,
		"google.protobuf.UInt64Value": (*reader).wrapper,
		"google.protobuf.FloatValue":  (*reader).wrapper,
		"google.protobuf.DoubleValue": (*reader).wrapper,
	}
}

func (r *reader) wrapper(m protoreflect.Message, n *source.Node) {
	fd := m.Descriptor().Fields().ByNumber(1)
	if v, ok := r.single(m.NewField(fd), fd, n); ok {
		m.Set(fd, v)
	}
}

func (r *reader) duration(m protoreflect.Message, n *source.Node) {
	d, err := time.ParseDuration(n.Text)
	if n.Kind != source.String || err != nil {
		r.fault("%s is not a duration; write a number with a unit, such as 5s or 250ms", n.AppendJSON(nil))
		return
	}
	fields := m.Descriptor().Fields()
	m.Set(fields.ByNumber(1), protoreflect.ValueOfInt64(int64(d/time.Second)))
	m.Set(fields.ByNumber(2), protoreflect.ValueOfInt32(int32(d%time.Second)))
}

func (r *reader) standard(m protoreflect.Message, n *source.Node) {
	if err := protojson.Unmarshal(n.AppendJSON(nil), m.Interface()); err != nil {
		r.fault("a %s cannot be used here", n.Kind)
	}
}
