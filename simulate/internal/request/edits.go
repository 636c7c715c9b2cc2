package request

// Edits are what filters did to the headers of a request before it was routed.
type Edits struct {
	Removed []string
	Added   map[string]string
}

// Put sets a key of a map, which it makes where it is nil.
func Put(m *map[string]string, key, value string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[key] = value
}
