package main

import (
	"fmt"
	"maps"
	"os"
	"path"
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

// requirements returns the modules of go.mod with their versions, and indirect
// ones as go.sum lists them.
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

// TestPins fails when a pinned module changes its version, by hand or by a
// tool. The table gives the reason for each pin.
func TestPins(t *testing.T) {
	got := requirements(t)
	for module, pin := range map[string]struct{ version, why string }{
		"github.com/hyperledger/aries-framework-go": {"v0.3.2", "the last release; our use of it is tested with exactly this version"},
		"github.com/piprate/json-gold":              {"v0.6.0", "the newest version that aries compiles with"},
		"github.com/tidwall/sjson":                  {"v1.1.4", "with newer versions the limited disclosure of aries reveals hidden fields"},
		"github.com/go-jose/go-jose/v3":             {"v3.0.5", "the version that aries requires has known faults; 3.0.5 fixes them"},
		"github.com/gofiber/fiber/v2":               {"v2.52.15", "the maintained branch; earlier versions have known faults"},
		"github.com/valyala/fasthttp":               {"v1.78.0", "the newest; fiber requires 1.51.0, which accepts NUL and bare CR in request heads"},
	} {
		if got[module] != pin.version {
			t.Errorf("%s is %q, not %s: %s", module, got[module], pin.version, pin.why)
		}
	}
	// aries imports the package btcec, which btcd removed after v0.22.3.
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

// settingsTable returns the table of settings in docs/configuration.md.
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

func TestDocsSettings(t *testing.T) {
	if table := settingsTable(); !strings.Contains(fromRoot(t, "docs/configuration.md"), table) {
		t.Errorf("docs/configuration.md lacks this table of settings:\n%s", table)
	}
}

// documents returns the names of all documents, from the root.
func documents(t *testing.T) (names []string) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(filepath.Join("..", "..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			names = append(names, strings.TrimPrefix(filepath.ToSlash(f), "../../"))
		}
	}
	if len(names) < 11 {
		t.Fatalf("only these documents were found: %q", names)
	}
	return names
}

var (
	codeBlock  = regexp.MustCompile("(?s)```sh\n(.*?)```")
	inlineCode = regexp.MustCompile("`([^`\n]+)`")
	goRun      = regexp.MustCompile(`go run \./(cmd/\S+)(?: ([a-z]+))?`)
	ownCommand = regexp.MustCompile(`^(bin/)?backpack(?: ([a-z][a-z-]*))?(?: |$)`)
	makeTarget = regexp.MustCompile(`\bmake ((?:[a-z]+(?:-[a-z]+)*(?: |$))+)`)
	target     = regexp.MustCompile(`(?m)^([a-z-]+):`)
	anyLink    = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"`)
	heading    = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInSlug  = regexp.MustCompile(`[^\p{L}\p{N} -]`)
)

// TestDocsCommands checks that commands and make targets in documents exist.
func TestDocsCommands(t *testing.T) {
	targets := map[string]bool{}
	for _, m := range target.FindAllStringSubmatch(fromRoot(t, "Makefile"), -1) {
		targets[m[1]] = true
	}
	seen := map[string]bool{}
	for _, name := range documents(t) {
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
			t.Errorf("no document mentions %s; seen: %v", want, slices.Sorted(maps.Keys(seen)))
		}
	}
}

// faultsOf returns what is wrong with the commands in line, and adds the
// commands and targets to seen.
func faultsOf(line string, targets, seen map[string]bool) (faults []string) {
	command := func(name string) {
		if name == "" {
			name = "serve"
		}
		if seen[name] = true; commands[name] == nil {
			faults = append(faults, "there is no command "+name)
		}
	}
	for _, m := range goRun.FindAllStringSubmatch(line, -1) {
		if _, err := os.Stat(filepath.Join("..", "..", m[1])); err != nil {
			faults = append(faults, "there is no "+m[1])
		}
		if m[1] == "cmd/backpack" {
			command(m[2])
		}
	}
	if m := ownCommand.FindStringSubmatch(line); m != nil {
		command(m[2])
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

// TestDocsLinks checks that every relative link in a document leads to a file
// of the project, and every fragment to a heading, as GitHub names them.
func TestDocsLinks(t *testing.T) {
	count := 0
	for _, name := range documents(t) {
		for _, m := range anyLink.FindAllStringSubmatch(fromRoot(t, name), -1) {
			link := m[1] + m[2]
			if strings.Contains(link, "://") || strings.HasPrefix(link, "mailto:") {
				continue
			}
			file, fragment, _ := strings.Cut(link, "#")
			file = path.Join(path.Dir(name), file)
			if file == path.Dir(name) {
				file = name
			}
			count++
			if _, err := os.Stat(filepath.Join("..", "..", file)); err != nil {
				t.Errorf("%s links to %s, which does not exist", name, link)
			} else if fragment != "" && !slices.Contains(slugs(fromRoot(t, file)), fragment) {
				t.Errorf("%s links to %s, and no heading has that name", name, link)
			}
		}
	}
	if count < 20 {
		t.Errorf("only %d relative links were found", count)
	}
}

// TestDocsFiles checks that files and folders named in documents exist.
func TestDocsFiles(t *testing.T) {
	ours := regexp.MustCompile(`^(?:cmd|server|ui|vc|wallet|docs|\.ci)/[\w./*-]+$`)
	count := 0
	for _, name := range documents(t) {
		for _, m := range inlineCode.FindAllStringSubmatch(fromRoot(t, name), -1) {
			if !ours.MatchString(m[1]) {
				continue
			}
			count++
			if found, err := filepath.Glob(filepath.Join("..", "..", m[1])); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which does not exist", name, m[1])
			}
		}
	}
	if count < 30 {
		t.Errorf("only %d files are named", count)
	}
}

// slugs returns the fragments of the headings in a document.
func slugs(text string) (out []string) {
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		out = append(out, strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return out
}

// TestOneBuild checks that the image contains the binary of make build.
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
			t.Errorf("the Dockerfile sets %s, which is not a setting", name)
		}
	}
}
