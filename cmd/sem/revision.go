package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// A blob is a file of a revision.
type blob struct {
	link bool // a symbolic link, whose target is the content
	id   string
	name string // as seen from the current folder
}

// checkout writes a path of a revision below a folder. A path that the revision lacks is an empty folder. The files are read from
// git's objects as they were committed: attributes, such as export-ignore, and filters have no say.
func checkout(ref, path, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	listing, err := git("ls-tree", "-r", "-z", ref, "--", path)
	if err != nil {
		return err
	}
	blobs := blobsOf(string(listing), path)
	if len(blobs) == 0 {
		return nil
	}
	root, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer root.Close()
	return readBlobs(blobs, func(b blob, data []byte) error {
		if err := root.MkdirAll(filepath.Dir(b.name), 0o755); err != nil {
			return err
		}
		if b.link {
			return root.Symlink(string(data), b.name)
		}
		return root.WriteFile(b.name, data, 0o644)
	})
}

// blobsOf reads what git ls-tree lists: "100644 blob ID<tab>NAME", each ended by a zero byte. Their names are made relative to
// the path. Submodules, which the revision does not hold, are left out.
func blobsOf(listing, path string) []blob {
	var all []blob
	for entry := range strings.SplitSeq(listing, "\x00") {
		head, name, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(head)
		if len(fields) != 3 || fields[1] != "blob" {
			continue
		}
		if rel, err := filepath.Rel(path, name); err == nil && filepath.IsLocal(rel) && rel != "." {
			name = rel
		} else {
			name = filepath.Base(name)
		}
		all = append(all, blob{link: fields[0] == "120000", id: fields[2], name: name})
	}
	return all
}

// readBlobs hands each blob with its content on, in order.
func readBlobs(blobs []blob, take func(blob, []byte) error) error {
	var ids strings.Builder
	for _, b := range blobs {
		ids.WriteString(b.id + "\n")
	}
	cmd := gitCommand("cat-file", "--batch")
	cmd.Stdin = strings.NewReader(ids.String())
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	objects := bufio.NewReader(pipe)
	for _, b := range blobs {
		data, err := nextObject(objects)
		if err == nil {
			err = take(b, data)
		}
		if err != nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
	return cmd.Wait()
}

// nextObject reads "ID TYPE SIZE", the content, and the line break behind it.
func nextObject(from *bufio.Reader) ([]byte, error) {
	head, err := from.ReadString('\n')
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(head)
	if len(fields) != 3 {
		return nil, fmt.Errorf("git has no such object: %s; where the clone is partial, clone without --filter, because sem fetches nothing", strings.TrimSpace(head))
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil {
		return nil, err
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(from, data); err != nil {
		return nil, err
	}
	_, err = from.Discard(1)
	return data, err
}

func git(args ...string) ([]byte, error) {
	cmd := gitCommand(args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %s", args[0], strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

// gitCommand is a command of git that starts no program and fetches nothing, whatever the repository's own configuration says: an
// object that a partial clone lacks is missing, and a folder of the work tree that looks like a bare repository is not taken for one.
func gitCommand(args ...string) *exec.Cmd {
	safe := []string{"-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull}
	cmd := exec.Command("git", append(safe, args...)...)
	cmd.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_NO_REPLACE_OBJECTS=1", "GIT_OPTIONAL_LOCKS=0",
		"GIT_TERMINAL_PROMPT=0", "GIT_PAGER=cat")
	return cmd
}
