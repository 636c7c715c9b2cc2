package circle

func (s shape) twice() int { return 2 * s.side }
