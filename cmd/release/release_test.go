package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// TestThreat35Release builds a release for this system from the checkout and
// from a copy without version control in another folder, and compares every
// byte. The build cache is shared, which is why this takes two links only;
// TestThreat35SoakTwoBuilds compares two builds from empty caches.
func TestThreat35Release(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	src := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.MkdirAll(src, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.sum", "LICENSE", "cmd", "vc", "wallet", "server", "ui"} {
		if err := copyAll(filepath.Join(root, name), filepath.Join(src, name)); err != nil {
			t.Fatal(err)
		}
	}
	here := []target{{runtime.GOOS, runtime.GOARCH}}
	first := release{source: root, out: t.TempDir(), version: "v1.2.3", targets: here}
	second := release{source: src, out: t.TempDir(), version: "v1.2.3", targets: here}
	for _, r := range []release{first, second} {
		if err := r.make(t.Context(), t.Output()); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{first.file(here[0]), first.sbomFile(here[0]), "LICENSE", "SHA256SUMS"} {
		a, b := readFile(t, filepath.Join(first.out, name)), readFile(t, filepath.Join(second.out, name))
		if !bytes.Equal(a, b) || len(a) == 0 {
			t.Errorf("two builds differ in %s: %d and %d bytes", name, len(a), len(b))
		}
	}
	said, err := exec.CommandContext(t.Context(), filepath.Join(first.out, first.file(here[0])), "version").Output()
	if err != nil || !strings.HasPrefix(string(said), "backpack v1.2.3 ") {
		t.Errorf("the binary prints %q, %v", said, err)
	}
	if lists := string(readFile(t, filepath.Join(first.out, first.sbomFile(here[0])))); !strings.Contains(lists, `"pkg:golang/go.etcd.io/bbolt@`) {
		t.Errorf("the SBOM lacks bbolt:\n%s", lists)
	}
}

// copyAll copies a file or folder, without the packages of Node.
func copyAll(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		body, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		return os.WriteFile(to, body, 0o600)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == "node_modules" {
			continue
		}
		if err := copyAll(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestSBOM(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26.8 X:x", Deps: []*debug.Module{
		{Path: "example.org/a", Version: "v1.0.0+incompatible", Sum: "h1:a"},
		{Path: "example.org/b", Version: "v1.0.0", Replace: &debug.Module{Path: "example.org/c", Version: "v2.0.0", Sum: "h1:c"}},
	}}
	body, err := sbom(info, "v1.2.3", target{"linux", "arm64"})
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(body, &d); err != nil {
		t.Fatal(err)
	}
	if d.Format != "CycloneDX" || d.SpecVersion != "1.6" || d.Version != 1 || d.Metadata.Component.Version != "v1.2.3" {
		t.Errorf("the document begins with %+v", d)
	}
	want := []string{"pkg:golang/std@1.26.8", "pkg:golang/example.org/a@v1.0.0%2Bincompatible", "pkg:golang/example.org/c@v2.0.0"}
	if len(d.Components) != len(want) || len(d.Dependencies) != 1 || len(d.Dependencies[0].DependsOn) != len(want) {
		t.Fatalf("components %+v, dependencies %+v", d.Components, d.Dependencies)
	}
	for i, w := range want {
		if d.Components[i].PURL != w || d.Dependencies[0].DependsOn[i] != w {
			t.Errorf("component %d is %+v, want %s", i, d.Components[i], w)
		}
	}
	if p := d.Components[2].Properties; len(p) != 1 || p[0].Value != "h1:c" {
		t.Errorf("the checksum is %+v", p)
	}
}

func TestReleaseArguments(t *testing.T) {
	for _, args := range [][]string{{"--only", "plan9/386"}, {"--version", "v1 -X main.x=y"}, {"--version", "../up"}, {"--nothing"}} {
		if err := run(t.Context(), args, t.Output()); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
