package circle

// Side uses a type of another file, and no file uses this one.
func Side(s shape) int {
	area := s.side
	return area
}
