package request

import "slices"

// Edits are what filters did to the headers of a request before it was routed.
type Edits struct {
	Removed  []string
	Added    map[string]string // in place of what the client sent, if it sent any
	Appended map[string]string // to what the client sent, if it sent any
}

// Empty reports whether no filter did anything.
func (e *Edits) Empty() bool { return len(e.Removed)+len(e.Added)+len(e.Appended) == 0 }

// Remove notes that a header was taken off.
func (e *Edits) Remove(name string) {
	delete(e.Added, name)
	delete(e.Appended, name)
	if !slices.Contains(e.Removed, name) {
		e.Removed = append(e.Removed, name)
	}
}

// Set notes that a header has a value now, whatever it had before.
func (e *Edits) Set(name, value string) {
	delete(e.Appended, name)
	Put(&e.Added, name, value)
}

// Append notes that a header has one more value.
func (e *Edits) Append(name, value string) {
	if before, set := e.Added[name]; set {
		e.Added[name] = before + "," + value
		return
	}
	if before, appended := e.Appended[name]; appended {
		value = before + "," + value
	}
	Put(&e.Appended, name, value)
}

// Put sets a key of a map, which it makes where it is nil.
func Put(m *map[string]string, key, value string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[key] = value
}
