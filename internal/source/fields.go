package source

// A fieldset gathers the fields of a map, keys unique.
type fieldset struct {
	fields []Field
	index  map[string]int // once the map is large
}

// small is the size up to which a map is searched from one end to the other.
const small = 16

// find returns the field of a key, or nil.
func (s *fieldset) find(key string) *Field {
	if s.index != nil {
		if i, ok := s.index[key]; ok {
			return &s.fields[i]
		}
		return nil
	}
	for i := range s.fields {
		if s.fields[i].Key == key {
			return &s.fields[i]
		}
	}
	return nil
}

// set adds a field, or replaces the one of the same key.
func (s *fieldset) set(f Field) {
	if old := s.find(f.Key); old != nil {
		*old = f
		return
	}
	s.fields = append(s.fields, f)
	switch {
	case s.index != nil:
		s.index[f.Key] = len(s.fields) - 1
	case len(s.fields) > small:
		s.index = make(map[string]int, 4*small)
		for i := range s.fields {
			s.index[s.fields[i].Key] = i
		}
	}
}
