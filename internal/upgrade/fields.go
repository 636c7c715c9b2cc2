package upgrade

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// maxFields is how many fields of an example are listed.
const maxFields = 6

// fields lists what differs of a resource: "path: old → new".
func fields(old, new proto.Message) []string {
	var out []string
	compareValues("", value(old), value(new), &out)
	if n := len(out); n > maxFields {
		out = append(out[:maxFields], fmt.Sprintf("and %d more", n-maxFields))
	}
	return out
}

// value is a message as JSON has it; nil for none.
func value(m proto.Message) any {
	if m == nil || !m.ProtoReflect().IsValid() {
		return nil
	}
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		return nil
	}
	var v any
	_ = json.Unmarshal(text, &v) // it was just written
	return v
}

func compareValues(path string, old, new any, out *[]string) {
	if reflect.DeepEqual(old, new) {
		return
	}
	a, isMap := old.(map[string]any)
	b, areMaps := new.(map[string]any)
	if isMap && areMaps {
		keys := maps.Clone(a)
		maps.Copy(keys, b)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			compareValues(strings.TrimPrefix(path+"."+key, "."), a[key], b[key], out)
		}
		return
	}
	x, isList := old.([]any)
	y, areLists := new.([]any)
	if isList && areLists && len(x) == len(y) {
		for i := range x {
			compareValues(fmt.Sprintf("%s[%d]", path, i), x[i], y[i], out)
		}
		return
	}
	if path == "" {
		path = "the resource"
	}
	*out = append(*out, fmt.Sprintf("%s: %s → %s", path, short(old), short(new)))
}

// maxValue is how long a value may be in an example.
const maxValue = 100

func short(v any) string {
	if v == nil {
		return "none"
	}
	text, _ := json.Marshal(v) // it was read from JSON
	if runes := []rune(string(text)); len(runes) > maxValue {
		return string(runes[:maxValue]) + "…"
	}
	return string(text)
}
