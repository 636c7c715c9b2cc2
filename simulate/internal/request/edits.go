package request

// Edits are what filters did to the headers of a request before it was routed.
type Edits struct {
	Removed []string
	Added   map[string]string
}

func Put(m *map[string]string, key, value string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[key] = value
}
