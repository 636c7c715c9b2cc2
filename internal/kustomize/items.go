package kustomize

import (
	"path"
	"slices"
	"strings"

	"sem.example/internal/source"
)

// patch copies a patch: a file, or its text.
func patch(k *kustomization, n *source.Node) (*source.Node, *source.Problem) {
	if n.Kind == source.String {
		if strings.Contains(n.Text, "\n") || k.tree.isText(n.Text) {
			return k.inline(n)
		}
		return k.patchFile(n)
	}
	return k.item(n, []string{"target", "options"})
}

// replacement copies a replacement: a file, or what it says.
func replacement(k *kustomization, n *source.Node) (*source.Node, *source.Problem) {
	return k.item(n, []string{"source", "targets", "sourceValue"})
}

// item copies those fields of a map that are named, and a file or a patch that it has.
func (k *kustomization) item(n *source.Node, keep []string) (*source.Node, *source.Problem) {
	out := &source.Node{Kind: source.Map}
	for _, f := range n.Fields {
		value, fault := f.Value, (*source.Problem)(nil)
		switch {
		case f.Value.Kind == source.Null || f.Key == "path" && f.Value.Text == "":
			continue
		case f.Key == "path":
			value, fault = k.patchFile(f.Value)
		case f.Key == "patch" && f.Value.Kind == source.String:
			value, fault = k.inline(f.Value)
		case !slices.Contains(keep, f.Key):
			fault = k.at(f.Range, "there is no field "+f.Key+" here")
		}
		if fault != nil || value == nil {
			return nil, fault
		}
		out.Fields = append(out.Fields, source.Field{Key: f.Key, Value: value})
	}
	return out, nil
}

// patchFile copies the file of a patch or a replacement.
func (k *kustomization) patchFile(n *source.Node) (*source.Node, *source.Problem) {
	name, fault := k.path(n)
	if fault == nil && k.lacks(n, k.use(name).docs) {
		return nil, nil
	}
	return k.plainFile(n)
}

// lacks reports whether a patch is about a resource that is not part of the build, and leaves it out.
func (k *kustomization) lacks(n *source.Node, docs []*source.Document) bool {
	lacks := slices.ContainsFunc(docs, func(doc *source.Document) bool {
		return slices.ContainsFunc(k.lacking, func(id string) bool { return strings.HasPrefix(id, identity(doc)) })
	})
	if lacks {
		k.leave(k.doc, n.Range, "the patch is about a resource that is not part of the build")
	}
	return lacks
}

// inline copies a patch that is written in the kustomization.
func (k *kustomization) inline(n *source.Node) (*source.Node, *source.Problem) {
	docs, problems := source.Parse(&source.File{Name: "patch.yaml", Data: []byte(n.Text)})
	if len(problems) > 0 {
		return nil, k.at(n.Range, "the patch: "+problems[0].Message)
	}
	if k.lacks(n, docs) {
		return nil, nil
	}
	var out []byte
	for i, doc := range docs {
		if i > 0 {
			out = append(out, "\n---\n"...)
		}
		out = doc.Tree().AppendJSON(out)
	}
	return &source.Node{Kind: source.String, Text: string(out) + "\n"}, nil
}

// isText reports whether a string is a patch rather than the name of a file.
func (t *Tree) isText(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "{") }

// generator copies a generator of ConfigMaps or Secrets, with the files that it reads.
func generator(k *kustomization, n *source.Node) (*source.Node, *source.Problem) {
	out := &source.Node{Kind: source.Map}
	for _, f := range n.Fields {
		value, fault := f.Value, (*source.Problem)(nil)
		switch f.Key {
		case "namespace", "name", "behavior", "literals", "options", "type":
		case "files", "envs":
			value, fault = list((*kustomization).content)(k, f.Value)
		case "env":
			value, fault = k.content(f.Value)
		default:
			fault = k.at(f.Range, "a generator has no field "+f.Key)
		}
		if fault != nil {
			return nil, fault
		}
		out.Fields = append(out.Fields, source.Field{Key: f.Key, Value: value})
	}
	return out, nil
}

// contents is where such files are copied to: beside the tree, where a file of resources may have the same name.
const contents = "../contents"

// content copies a file whose text a generator takes, be it named as KEY=FILE. One that is missing, as files with secrets are in a
// repository, is taken as empty.
func (k *kustomization) content(n *source.Node) (*source.Node, *source.Problem) {
	key, name, keyed := strings.Cut(n.Text, "=")
	if !keyed {
		key, name = "", n.Text
	}
	at, fault := k.path(&source.Node{Kind: n.Kind, Range: n.Range, Text: name})
	if fault != nil {
		return nil, fault
	}
	data, err := k.tree.bytes(at)
	if err != nil {
		k.left = append(k.left, source.Problem{
			Trouble: source.NotBuilt, File: k.doc.File, Range: n.Range, Minor: true,
			Message: name + ": " + why(err) + "; it is taken as empty", Help: "add the file if the configuration of the mesh depends on it",
		})
		data = nil
	}
	k.size.bytes += len(data)
	k.write(path.Join(contents, at), data)
	ref := k.reference(path.Join(contents, at))
	if keyed {
		ref.Text = key + "=" + ref.Text
	}
	return ref, nil
}
