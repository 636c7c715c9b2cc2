package decision

// Unproxied is what happens to the call of a client that has no proxy, of which Envoy's resources say nothing: why a step is
// as it is, or how the call ends.
type Unproxied struct {
	Words string
	Sees  string // what the application sees, where the call ends so
	Fix   string
}

func (Unproxied) reason() {}
