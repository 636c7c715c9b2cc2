package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A ciScript is what one shell of a job runs.
type ciScript struct {
	job  string
	text string
}

// ciBlock is what the blocks of docs/ci.md hold: a workflow of GitHub, jobs of GitLab, or the settings of pre-commit.
type ciBlock struct {
	Jobs map[string]struct {
		Steps []struct{ Run string }
	}
	Repos []struct {
		Hooks []struct {
			ID   string
			Args []string
		}
	}
	GitLab map[string]yaml.Node `yaml:",inline"`
}

type gitLabJob struct {
	BeforeScript []string `yaml:"before_script"`
	Script       []string
}

// ciBlocks reads the YAML of the page.
func ciBlocks(t *testing.T) []ciBlock {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci.md"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []ciBlock
	for _, found := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1) {
		var b ciBlock
		if err := yaml.Unmarshal(found[1], &b); err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// scripts are the shells of the jobs on the page: on GitHub one a step, on GitLab one a job.
func scripts(t *testing.T) []ciScript {
	t.Helper()
	var all []ciScript
	for _, b := range ciBlocks(t) {
		for name, job := range b.Jobs {
			for _, step := range job.Steps {
				if step.Run != "" {
					all = append(all, ciScript{"github " + name, step.Run})
				}
			}
		}
		var base gitLabJob
		if node, ok := b.GitLab[".sem"]; ok {
			if err := node.Decode(&base); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"mesh validate", "mesh test"} {
			if node, ok := b.GitLab[name]; ok {
				var job gitLabJob
				if err := node.Decode(&job); err != nil {
					t.Fatal(err)
				}
				all = append(all, ciScript{"gitlab " + name, strings.Join(append(base.BeforeScript, job.Script...), "\n")})
			}
		}
	}
	return all
}

// A ciRepo is a clone of a small repository, with what a CI job has around it.
type ciRepo struct {
	dir string
	env []string
}

// shell runs a script as the runners do, and returns its exit code and what it prints.
func (r *ciRepo) shell(t *testing.T, script string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-e", "-o", "pipefail", "-c", script)
	cmd.Dir, cmd.Env = r.dir, append(os.Environ(), r.env...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// must runs a script that has to succeed.
func (r *ciRepo) must(t *testing.T, script string) {
	t.Helper()
	if code, out := r.shell(t, script); code != 0 {
		t.Fatalf("%s: exit %d\n%s", script, code, out)
	}
}

const ciMistake = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: mistake, namespace: shop}
spec:
  hosts: [db.example.com]
  ports: [{number: 70000, name: tcp, protocol: TCP}]
`

// newCIRepo makes a repository whose main branch has a mistake or not, and a clone of it on a branch that has one or not.
func newCIRepo(t *testing.T, before, after bool) *ciRepo {
	t.Helper()
	for _, tool := range []string{"bash", "curl", "git", "iconv", "sha256sum", "tar"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	home := t.TempDir()
	r := &ciRepo{dir: filepath.Join(home, "origin"), env: []string{
		"HOME=" + home, "GITHUB_PATH=" + filepath.Join(home, "path"), "GITHUB_BASE_REF=", "CI_MERGE_REQUEST_DIFF_BASE_SHA=",
		"SEM_RELEASES=file://" + ciRelease(t), "SEM_VERSION=1.0.0", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
	}}
	if err := os.Mkdir(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r.must(t, "git init -q -b main && sem new canary --service reviews -n shop --dir mesh")
	r.mistake(t, before)
	r.must(t, "git clone -q . ../clone")
	r.dir = filepath.Join(home, "clone")
	r.must(t, "git checkout -q -b change && sem new external-http --host api.example.com --dir mesh")
	r.mistake(t, after)
	r.must(t, "git push -q origin HEAD:refs/pull/7/merge")
	r.gitHub(t, home)
	return r
}

// gitHub puts a program in the place of GitHub's, which notes how it is called and the comment that it is given.
func (r *ciRepo) gitHub(t *testing.T, home string) {
	t.Helper()
	bin := filepath.Join(home, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\necho \"$*\" > gh.txt\ncat \"$5\" >> gh.txt\n"
	if err := os.WriteFile(filepath.Join(bin, "gh"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	r.env = append(r.env, "NUMBER=7", "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

// mistake commits what is there, with a mistake or without.
func (r *ciRepo) mistake(t *testing.T, wanted bool) {
	t.Helper()
	name := filepath.Join(r.dir, "mesh", "mistake.yaml")
	os.Remove(name)
	if wanted {
		if err := os.WriteFile(name, []byte(ciMistake), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r.must(t, "git add -A && git commit -q -m change")
}

// ciRelease makes a folder with an archive of sem, as a release has it, and its checksum.
func ciRelease(t *testing.T) string {
	t.Helper()
	sem, err := exec.LookPath("sem")
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	zip := gzip.NewWriter(&archive)
	out := tar.NewWriter(zip)
	script := fmt.Sprintf("#!/bin/sh\nexec %s \"$@\"\n", sem)
	if err := out.WriteHeader(&tar.Header{Name: "sem_1.0.0_linux_amd64/sem", Mode: 0o755, Size: int64(len(script))}); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(out, script)
	out.Close()
	zip.Close()
	dir, name := t.TempDir(), "sem_1.0.0_linux_amd64.tar.gz"
	sums := fmt.Sprintf("%x  %s\n%x  sem_1.0.0_darwin_arm64.tar.gz\n", sha256.Sum256(archive.Bytes()), name, sha256.Sum256(nil))
	for file, data := range map[string][]byte{name: archive.Bytes(), "SHA256SUMS": []byte(sums)} {
		if err := os.WriteFile(filepath.Join(dir, file), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestCIJobs runs the jobs of docs/ci.md. A mistake fails the validation, unless it was there before the pull request.
func TestCIJobs(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after bool
		pull          bool
		want          int
	}{
		{name: "in order"},
		{name: "a mistake", after: true, want: exitNo},
		{name: "a mistake of the pull request", after: true, pull: true, want: exitNo},
		{name: "a mistake from before the pull request", before: true, after: true, pull: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newCIRepo(t, c.before, c.after)
			if c.pull {
				_, base := r.shell(t, "git rev-parse origin/main")
				r.env = append(r.env, "GITHUB_BASE_REF=main", "CI_MERGE_REQUEST_DIFF_BASE_SHA="+strings.TrimSpace(base))
			}
			all := scripts(t)
			if len(all) < 5 {
				t.Fatalf("only %d scripts found on the page", len(all))
			}
			for _, s := range all {
				want := 0
				if strings.Contains(s.text, "sem validate") {
					want = c.want
				}
				if code, out := r.shell(t, s.text); code != want {
					t.Errorf("%s: exit %d, want %d\n%s\n%s", s.job, code, want, s.text, out)
				}
			}
			comment, err := os.ReadFile(filepath.Join(r.dir, "gh.txt"))
			if want := "pr comment 7 --body-file comment.md --edit-last --create-if-none\n### What this change does to traffic\n"; err != nil || !strings.HasPrefix(string(comment), want) {
				t.Errorf("the comment is %q, and its error %v", comment, err)
			}
			for _, file := range []string{"sem.sarif", "sem-test.xml", "sem.json", "sem.xml"} {
				if info, err := os.Stat(filepath.Join(r.dir, file)); err != nil || info.Size() == 0 {
					t.Errorf("the jobs did not write %s: %v", file, err)
				}
			}
		})
	}
}

// TestPreCommit runs the hooks as docs/ci.md sets them up.
func TestPreCommit(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var hooks []struct {
		ID, Entry, Files string
		Pass             bool `yaml:"pass_filenames"`
	}
	if err := yaml.Unmarshal(data, &hooks); err != nil {
		t.Fatal(err)
	}
	good, bad := newCIRepo(t, false, false), newCIRepo(t, false, true)
	args := hookArgs(t)
	for _, h := range hooks {
		used, ok := args[strings.TrimSuffix(h.ID, "-system")]
		if !ok {
			t.Errorf("the page does not use %s", h.ID)
		}
		if h.Pass || !regexp.MustCompile(h.Files).MatchString("mesh/reviews.yaml") {
			t.Errorf("%s takes %q, and names: %v", h.ID, h.Files, h.Pass)
		}
		command := h.Entry + " " + used
		if code, out := good.shell(t, command); code != 0 {
			t.Errorf("%s: exit %d\n%s", command, code, out)
		}
		if code, out := bad.shell(t, command); h.Entry == "sem validate" && code != exitNo {
			t.Errorf("%s: exit %d of a mistake\n%s", command, code, out)
		}
	}
}

// hookArgs are the arguments of the hooks that the page uses.
func hookArgs(t *testing.T) map[string]string {
	t.Helper()
	args := map[string]string{}
	for _, b := range ciBlocks(t) {
		for _, repo := range b.Repos {
			for _, hook := range repo.Hooks {
				args[hook.ID] = strings.Join(hook.Args, " ")
			}
		}
	}
	return args
}
