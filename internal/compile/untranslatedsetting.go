package compile

import (
	"sem.example/internal/compile/origin"
	"sem.example/internal/envoy"
)

// untranslatedSettings are the fields of MeshConfig that change what proxies receive and are not translated, and how.
// What only logs, traces or counts is left out of the resources altogether, so its settings are not among them.
var untranslatedSettings = []struct{ field, reason string }{
	{"configSources", "istiod reads further configuration from there"},
	{"verifyCertificateAtClient", "it changes which authorities servers are verified with"},
}

// untranslatedSettings lists what the settings of the mesh say and is not translated.
func (c *Compiler) untranslatedSettings() []envoy.NotModelled {
	var out []envoy.NotModelled
	for _, u := range untranslatedSettings {
		if at := c.view.Mesh.Settings.PlaceOf(u.field); at.Object != nil {
			out = append(out, envoy.NotModelled{What: "MeshConfig " + u.field, Reason: u.reason, Origin: origin.Modifies(at.Object, at.Field)})
		}
	}
	return out
}
