package config

// Overlay lays what is written as text under a key of a ConfigMap over a value: maps and structs are merged, lists replaced. It reports
// whether the key has text that fits the value, which is part of an object and need not name a kind.
func Overlay(o *Object, key string, over any) bool {
	m := Spec[*ConfigMap](o)
	if m == nil || m.Data[key] == "" || o.Doc == nil {
		return false
	}
	inner, _ := o.Doc.Embedded("data." + key)
	return len(unmarshal(inner.Root, over)) == 0
}
