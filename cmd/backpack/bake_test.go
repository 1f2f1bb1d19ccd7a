package main

import (
	"bytes"
	"image"
	"image/png"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backpack/vc/vctest"
)

func TestBake(t *testing.T) {
	t.Parallel()
	dir, files := sampleFiles(t)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	pictures := map[string]string{
		"png": write(t, dir, "plain.png", picture.Bytes()),
		"svg": write(t, dir, "plain.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4"/></svg>`)),
	}
	assertion := filepath.Join(dir, "assertion.json")
	if r := (setup{}).run(t, "unbake", filepath.Join(dir, files[1].Name), assertion); r.code != exitOK {
		t.Fatalf("unbake a sample: %s", r.err)
	}
	for name, tt := range map[string]struct {
		badge, keyword string
		code           int // that verify reports
	}{
		"3.0":        {filepath.Join(dir, files[6].Name), "openbadgecredential", codeOf(files[6].State)},
		"3.0 as JWT": {filepath.Join(dir, files[5].Name), "openbadgecredential", codeOf(files[5].State)},
		"2.0":        {assertion, "openbadges", exitUndetermined},
		"2.0 signed": {filepath.Join(dir, files[3].Name), "openbadges", codeOf(files[3].State)},
	} {
		for kind, plain := range pictures {
			t.Run(name+" "+kind, func(t *testing.T) {
				baked := filepath.Join(t.TempDir(), "baked."+kind)
				got := setup{}.run(t, "bake", plain, tt.badge, baked)
				if got.code != exitOK {
					t.Fatalf("code %d: %s", got.code, got.err)
				}
				has(t, got.out, baked, tt.keyword)
				want := strings.TrimSpace(read(t, tt.badge))
				got = setup{}.run(t, "unbake", baked)
				if got.code != exitOK || got.err != "" || strings.TrimSpace(got.out) != want {
					t.Errorf("code %d, %q; it differs from what was baked", got.code, got.err)
				}
				if got := (setup{}).run(t, "verify", "--offline", baked); got.code != tt.code {
					t.Errorf("verify says %d of the picture, want %d: %s", got.code, tt.code, got.out)
				}
				before := read(t, baked)
				got = setup{}.run(t, "bake", plain, tt.badge, baked)
				if got.code == exitOK || read(t, baked) != before {
					t.Error("a file was overwritten")
				}
				has(t, got.err, "exists already")
			})
		}
	}
}

func TestBakeRefuses(t *testing.T) {
	t.Parallel()
	dir, files := sampleFiles(t)
	text := write(t, dir, "hello.txt", []byte("hello"))
	holder := vctest.NewHolder(t)
	badge := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519).Issue(t)
	set := write(t, dir, "set.json", holder.Present(t, "", "", badge))
	picture, credential := filepath.Join(dir, files[4].Name), write(t, dir, "b.json", badge)
	out := filepath.Join(dir, "out.png")
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"too few":                 {[]string{"bake", picture}, "bake needs"},
		"no badge":                {[]string{"bake", picture, text, out}, "this is not a badge"},
		"a presentation":          {[]string{"bake", picture, set, out}, "this is not a badge"},
		"no picture":              {[]string{"bake", text, credential, out}, "hello.txt"},
		"no such file":            {[]string{"bake", picture, filepath.Join(dir, "none"), out}, "none"},
		"unbake too much":         {[]string{"unbake", "a", "b", "c"}, "unbake needs"},
		"unbake no picture":       {[]string{"unbake", text}, "hello.txt"},
		"unbake over a file":      {[]string{"unbake", picture, credential}, "exists already"},
		"into a folder not there": {[]string{"bake", picture, credential, filepath.Join(dir, "no", "out.png")}, "out.png"},
	} {
		t.Run(name, func(t *testing.T) {
			got := setup{}.run(t, tt.args...)
			if got.code == exitOK || got.out != "" {
				t.Errorf("code %d, printed %q", got.code, got.out)
			}
			has(t, got.err, "backpack: ", tt.want)
		})
	}
}

func TestSamples(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	got := setup{}.run(t, "samples", dir)
	if got.code != exitOK {
		t.Fatalf("code %d: %s", got.code, got.err)
	}
	all, err := allSamples()
	if err != nil {
		t.Fatal(err)
	}
	more, err := all.More()
	if err != nil {
		t.Fatal(err)
	}
	_, files := sampleFiles(t)
	files = slices.Concat(files, more)
	if n := strings.Count(got.out, "\n"); n != len(files) || n < 10 {
		t.Errorf("%d lines for %d samples", n, len(files))
	}
	for _, f := range files {
		has(t, got.out, f.Name, f.Title, string(f.State))
		if read(t, filepath.Join(dir, f.Name)) != string(f.Bytes) {
			t.Errorf("%s differs", f.Name)
		}
	}
	if r := (setup{}).run(t, "samples", dir); r.code != exitOK {
		t.Errorf("a second time: code %d: %s", r.code, r.err)
	}
	write(t, dir, files[0].Name, []byte("mine"))
	if r := (setup{}).run(t, "samples", dir); r.code == exitOK || read(t, filepath.Join(dir, files[0].Name)) != "mine" {
		t.Error("another file was overwritten")
	}
	if r := (setup{}).run(t, "samples"); r.code != exitUsage {
		t.Errorf("without a folder: code %d", r.code)
	}
}

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}, {"verify", "--help"}, {"serve", "-h"}} {
		got := setup{}.run(t, args...)
		if got.code != exitOK || got.out != usage || got.err != "" {
			t.Errorf("%v: code %d, %q", args, got.code, got.err)
		}
	}
	for name := range commands {
		has(t, usage, name)
	}
	for _, args := range [][]string{{"version"}, {"--version"}} {
		got := setup{}.run(t, args...)
		if got.code != exitOK {
			t.Errorf("%v: code %d", args, got.code)
		}
		has(t, got.out, "backpack "+version)
	}
	got := setup{}.run(t, "frobnicate")
	if got.code != exitUsage {
		t.Errorf("an unknown command: code %d", got.code)
	}
	has(t, got.err, `no command "frobnicate"`, "backpack verify")
}
