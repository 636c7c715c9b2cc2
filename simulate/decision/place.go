package decision

// A Place is a field of a document, in the words of the trace document.
type Place struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	Kind      string `json:"kind,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name,omitempty"`
	Field     string `json:"field,omitempty"`
	Role      string `json:"role,omitempty"`
	Note      string `json:"note,omitempty"` // why the field does not count, where its role is "overridden"
}
