package compile

import "sem.example/internal/envoy"

// NotModelled lists what of the input would change this proxy's configuration and is not translated here.
func (c *Compiler) NotModelled() []envoy.NotModelled { return nil }
