package main

import (
	"bytes"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestThreat35Build checks what the program was built from: exactly the modules
// with the sums in go.sum, without replacements, and without traces of the
// machine that built it.
func TestThreat35Build(t *testing.T) {
	t.Parallel()
	name := built(t)
	info, err := buildinfo.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	if set["-trimpath"] != "true" || set["CGO_ENABLED"] != "0" {
		t.Errorf("built with %v", set)
	}
	sums := fromRoot(t, "go.sum")
	for _, d := range info.Deps {
		if d.Replace != nil || !strings.Contains(sums, d.Path+" "+d.Version+" "+d.Sum+"\n") || !strings.HasPrefix(d.Sum, "h1:") {
			t.Errorf("go.sum does not contain %s %s %s", d.Path, d.Version, d.Sum)
		}
	}
	if len(info.Deps) < 20 {
		t.Errorf("only %d modules", len(info.Deps))
	}
	body, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{root + "/", goEnv(t, "GOMODCACHE") + "/", goEnv(t, "GOROOT") + "/src/"} {
		if bytes.Contains(body, []byte(path)) {
			t.Errorf("the program contains %s", path)
		}
	}
}

func goEnv(t testing.TB, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// TestThreat35SoakTwoBuilds builds the program twice, in two folders and from
// empty build caches, and compares the bytes. It runs if BACKPACK_TEST_SOAK is
// set.
func TestThreat35SoakTwoBuilds(t *testing.T) {
	if os.Getenv("BACKPACK_TEST_SOAK") == "" {
		t.Skip("BACKPACK_TEST_SOAK is not set")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var first []byte
	for range 2 {
		src := filepath.Join(t.TempDir(), "src")
		if err := os.MkdirAll(src, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"go.mod", "go.sum", "cmd", "vc", "wallet", "server", "ui"} {
			if out, err := exec.Command("cp", "-R", filepath.Join(root, name), src).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
		out := filepath.Join(src, "backpack")
		build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -X main.version=test", "-o", out, "./cmd/backpack")
		build.Dir, build.Env = src, append(os.Environ(), "CGO_ENABLED=0", "GOCACHE="+t.TempDir())
		if text, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		body, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = body
		} else if !bytes.Equal(first, body) {
			t.Error("two builds differ")
		}
	}
}
