package compile

import "sem.example/internal/envoy"

// notModelled lists what of the input would change this proxy's configuration and is not translated here.
func (c *Compiler) notModelled() []envoy.NotModelled { return nil }
