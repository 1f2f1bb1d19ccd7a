// Command release builds the static binaries of a version for all supported
// systems, with a list of their modules (SBOM) and checksums. The same source,
// version and Go toolchain give the same bytes: paths, time and version control
// leave no trace in them.
//
//	go run ./cmd/release --out bin/release --version v1.0.0
//
// The folder then contains, for each system, backpack_VERSION_OS_ARCH and the
// CycloneDX document backpack_VERSION_OS_ARCH.cdx.json, beside LICENSE and
// SHA256SUMS.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A target is a system to build for, in Go's words.
type target struct{ os, arch string }

var targets = []target{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "arm64"}, {"darwin", "amd64"}, {"windows", "amd64"}}

func (t target) String() string { return t.os + "/" + t.arch }

// A release is what to build and where to put it.
type release struct {
	source  string // root of the source tree
	out     string // folder for the results
	version string // as printed by "backpack version"
	targets []target
}

// versions are those that are safe in a file name and a linker flag.
var versions = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+_-]*$`)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	r := release{source: "."}
	fs := flag.NewFlagSet("release", flag.ContinueOnError)
	fs.StringVar(&r.out, "out", "bin/release", "folder for the binaries")
	fs.StringVar(&r.version, "version", "dev", "version to build in")
	only := fs.String("only", "", "build for these systems only, such as linux/amd64,windows/amd64")
	if err := fs.Parse(args); err != nil {
		return err
	}
	var err error
	if r.targets, err = choose(*only); err != nil {
		return err
	}
	if !versions.MatchString(r.version) {
		return fmt.Errorf("version %q has characters other than letters, digits, '.', '+', '_' and '-'", r.version)
	}
	return r.make(ctx, out)
}

// choose returns the named targets, or all of them if only is empty.
func choose(only string) ([]target, error) {
	if only == "" {
		return targets, nil
	}
	var chosen []target
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(targets, func(t target) bool { return t.String() == name })
		if i < 0 {
			return nil, fmt.Errorf("unknown system %q; known are %v", name, targets)
		}
		chosen = append(chosen, targets[i])
	}
	return chosen, nil
}

// make builds every target and writes the checksums last.
func (r release) make(ctx context.Context, progress io.Writer) error {
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	for _, t := range r.targets {
		if err := r.build(ctx, t); err != nil {
			return fmt.Errorf("build for %s: %w", t, err)
		}
		if err := r.list(t); err != nil {
			return fmt.Errorf("list the modules for %s: %w", t, err)
		}
		if _, err := fmt.Fprintln(progress, r.file(t)); err != nil {
			return err
		}
	}
	license, err := os.ReadFile(filepath.Join(r.source, "LICENSE"))
	if err == nil {
		err = os.WriteFile(filepath.Join(r.out, "LICENSE"), license, 0o644)
	}
	if err != nil {
		return err
	}
	return r.sums()
}

// file returns the name of the binary for t in the folder.
func (r release) file(t target) string {
	name := "backpack_" + r.version + "_" + t.os + "_" + t.arch
	if t.os == "windows" {
		name += ".exe"
	}
	return name
}

// sbomFile returns the name of the document that lists the modules for t.
func (r release) sbomFile(t target) string {
	return strings.TrimSuffix(r.file(t), ".exe") + ".cdx.json"
}

func (r release) build(ctx context.Context, t target) error {
	name, err := filepath.Abs(filepath.Join(r.out, r.file(t)))
	if err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version="+r.version, "-o", name, "./cmd/backpack")
	build.Dir, build.Env = r.source, append(slices.DeleteFunc(os.Environ(), shapesCode),
		"CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOFLAGS=", "GOEXPERIMENT=")
	if text, err := build.CombinedOutput(); err != nil {
		return errors.Join(err, errors.New(string(text)))
	}
	return nil
}

// shapesCode reports whether an entry of the environment changes what the
// compiler or linker writes.
func shapesCode(entry string) bool {
	name, _, _ := strings.Cut(entry, "=")
	return slices.Contains([]string{"CGO_ENABLED", "GOOS", "GOARCH", "GOFLAGS", "GOEXPERIMENT", "GOAMD64", "GOARM64", "GOFIPS140", "GODEBUG"}, name)
}

// list writes the SBOM of a binary.
func (r release) list(t target) error {
	info, err := buildinfo.ReadFile(filepath.Join(r.out, r.file(t)))
	if err != nil {
		return err
	}
	body, err := sbom(info, r.version, t)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.out, r.sbomFile(t)), body, 0o644)
}

// sums writes SHA256SUMS, in the format of sha256sum, for the files of this
// version. Files of other versions in the folder are left out.
func (r release) sums() error {
	names := []string{"LICENSE"}
	for _, t := range r.targets {
		names = append(names, r.file(t), r.sbomFile(t))
	}
	slices.Sort(names)
	var out bytes.Buffer
	for _, name := range names {
		body, err := os.ReadFile(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(body), name)
	}
	return os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), out.Bytes(), 0o644)
}
