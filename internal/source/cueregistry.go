package source

import (
	"context"

	"cuelang.org/go/mod/modfile"
	"cuelang.org/go/mod/modregistry"
	"cuelang.org/go/mod/module"
)

// noRegistry is a registry of CUE modules that has none, and no cache of what another command fetched: what a file means
// must not depend on the home folder of who reads it.
type noRegistry struct{}

func (noRegistry) ModFile(context.Context, module.Version) (*modfile.File, error) {
	return nil, modregistry.ErrNotFound
}

func (noRegistry) Fetch(context.Context, module.Version) (module.SourceLoc, error) {
	return module.SourceLoc{}, modregistry.ErrNotFound
}

func (noRegistry) ModuleVersions(context.Context, string) ([]string, error) { return nil, nil }
