package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fromRoot reads a file of the project.
func fromRoot(t testing.TB, name string) string {
	t.Helper()
	return read(t, filepath.Join("..", "..", name))
}

// requirements are the modules of go.mod and their versions, and those that
// only what we require requires, as go.sum has them.
func requirements(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	for line := range strings.Lines(fromRoot(t, "go.sum")) {
		f := strings.Fields(line)
		if len(f) == 3 && !strings.HasSuffix(f[1], "/go.mod") {
			if out[f[0]] != "" {
				f[1] = out[f[0]] + " and " + f[1]
			}
			out[f[0]] = f[1]
		}
	}
	for line := range strings.Lines(fromRoot(t, "go.mod")) {
		f := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(f) >= 2 && strings.Contains(f[0], "/") && strings.HasPrefix(f[1], "v") {
			out[f[0]] = f[1]
		}
	}
	if len(out) < 20 {
		t.Fatalf("go.mod has %d modules", len(out))
	}
	return out
}

// TestPins fails when a module is lifted, by hand or by a tool, that must not
// be: whoever lifts one on purpose finds the reason here.
func TestPins(t *testing.T) {
	got := requirements(t)
	for module, pin := range map[string]struct{ version, why string }{
		"github.com/hyperledger/aries-framework-go": {"v0.3.2", "the last one; what we use of it was tried with exactly this"},
		"github.com/piprate/json-gold":              {"v0.6.0", "the newest that all of aries compiles with"},
		"github.com/tidwall/sjson":                  {"v1.1.4", "with newer ones aries' limited disclosure gives away fields that must be hidden"},
		"github.com/go-jose/go-jose/v3":             {"v3.0.5", "what aries asks for has known faults; 3.0.5 has them mended"},
		"github.com/gofiber/fiber/v2":               {"v2.52.15", "the branch that is kept up; earlier ones have known faults"},
		"github.com/valyala/fasthttp":               {"v1.78.0", "the newest; fiber asks for 1.51.0, which takes NUL and bare CR in heads for text"},
	} {
		if got[module] != pin.version {
			t.Errorf("%s is %q, not %s: %s", module, got[module], pin.version, pin.why)
		}
	}
	// aries needs the package btcec, which btcd lost after v0.22.3.
	minor, err := strconv.Atoi(strings.Split(got["github.com/btcsuite/btcd"]+"..", ".")[1])
	if err != nil || minor > 22 {
		t.Errorf("btcd is %q, newer than v0.22.3", got["github.com/btcsuite/btcd"])
	}
	lacks(t, fromRoot(t, "go.mod"), "\nreplace", "\nexclude")
	for module, version := range got {
		if strings.HasSuffix(version, "+dirty") {
			t.Errorf("%s is %s", module, version)
		}
	}
}

// settingsTable is the table of settings in README.md.
func settingsTable() string {
	var b strings.Builder
	b.WriteString("| variable | default | |\n|---|---|---|\n")
	for _, s := range settings {
		name, preset := "`BACKPACK_"+s.name+"`", ""
		if s.secret {
			name += " or `…_FILE`"
		}
		if s.preset != "" {
			preset = "`" + s.preset + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, preset, s.help)
	}
	return b.String()
}

func TestReadmeSettings(t *testing.T) {
	if table := settingsTable(); !strings.Contains(fromRoot(t, "README.md"), table) {
		t.Errorf("README.md has another table of settings than this:\n%s", table)
	}
}

var (
	codeBlock  = regexp.MustCompile("(?s)```sh\n(.*?)```")
	inlineCode = regexp.MustCompile("`([^`\n]+)`")
	goRun      = regexp.MustCompile(`go run \./(cmd/\S+)(?: ([a-z]+))?`)
	ownCommand = regexp.MustCompile(`^backpack ([a-z]+)`)
	makeTarget = regexp.MustCompile(`\bmake ((?:[a-z]+ ?)+)`)
	target     = regexp.MustCompile(`(?m)^([a-z]+):`)
)

// TestCommandsInTexts: what the texts tell people to type exists.
func TestCommandsInTexts(t *testing.T) {
	targets := map[string]bool{}
	for _, m := range target.FindAllStringSubmatch(fromRoot(t, "Makefile"), -1) {
		targets[m[1]] = true
	}
	seen := map[string]bool{}
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		text := fromRoot(t, name)
		var code []string
		for _, m := range codeBlock.FindAllStringSubmatch(text, -1) {
			for line := range strings.Lines(m[1]) {
				line, _, _ = strings.Cut(line, "#")
				code = append(code, strings.TrimSpace(line))
			}
		}
		for _, m := range inlineCode.FindAllStringSubmatch(text, -1) {
			code = append(code, m[1])
		}
		for _, line := range code {
			for _, f := range faultsOf(line, targets, seen) {
				t.Errorf("%s: %q: %s", name, line, f)
			}
		}
	}
	for _, want := range []string{"serve", "verify", "make test", "make bench"} {
		if !seen[want] {
			t.Errorf("nothing shows %s; seen: %v", want, slices.Sorted(maps.Keys(seen)))
		}
	}
}

func faultsOf(line string, targets, seen map[string]bool) (faults []string) {
	for _, m := range goRun.FindAllStringSubmatch(line, -1) {
		if _, err := os.Stat(filepath.Join("..", "..", m[1])); err != nil {
			faults = append(faults, "there is no "+m[1])
		}
		if m[1] == "cmd/backpack" {
			name := m[2]
			if name == "" {
				name = "serve"
			}
			if seen[name] = true; commands[name] == nil {
				faults = append(faults, "there is no command "+name)
			}
		}
	}
	if m := ownCommand.FindStringSubmatch(line); m != nil && commands[m[1]] == nil {
		faults = append(faults, "there is no command "+m[1])
	}
	for _, m := range makeTarget.FindAllStringSubmatch(line, -1) {
		for name := range strings.FieldsSeq(m[1]) {
			if seen["make "+name] = true; !targets[name] {
				faults = append(faults, "make has no target "+name)
			}
		}
	}
	return faults
}

// TestOneBuild: the image holds what make build builds.
func TestOneBuild(t *testing.T) {
	docker, makefile := fromRoot(t, "Dockerfile"), fromRoot(t, "Makefile")
	has(t, docker, "RUN make build", "FROM scratch", "/src/bin/backpack /backpack", "USER ")
	lacks(t, docker, "go build", ":latest")
	has(t, makefile, "CGO_ENABLED=0 $(GO) build -trimpath", "-s -w -X main.version=", "build:", "$(BUILD) -o bin/backpack ./cmd/backpack")
	goLine := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(fromRoot(t, "go.mod"))
	has(t, docker, "FROM golang:"+goLine[1])
	known := map[string]bool{}
	for _, s := range settings {
		known["BACKPACK_"+s.name] = true
	}
	for _, name := range regexp.MustCompile(`BACKPACK_[A-Z_]+`).FindAllString(docker, -1) {
		if !known[name] {
			t.Errorf("the Dockerfile sets %s, which is no setting", name)
		}
	}
}
