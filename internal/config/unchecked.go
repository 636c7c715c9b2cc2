package config

// Unchecked reports whether no check looks at most fields of objects of this kind. They may act on the mesh all the same, as
// ServiceAccounts do.
func (o *Object) Unchecked() bool {
	switch o.Kind {
	case "ServiceAccount":
		return true
	case "ConfigMap":
		return !HoldsMeshConfig(o.Doc)
	}
	group, _ := groupVersion(o.Doc.APIVersion)
	return kinds[groupKind{group, o.Kind}].opaque
}
