package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// on returns the flags of a server on a free port.
func on(data string) []string { return []string{"--listen", "127.0.0.1:0", "--data", data} }

func TestServe(t *testing.T) {
	data := filepath.Join(t.TempDir(), "new", "folder")
	first := setup{}.start(t, on(data)...)
	if strings.HasSuffix(first.url, ":0") {
		t.Fatalf("the address %q does not have the chosen port", first.url)
	}
	for _, path := range []string{"/", "/readyz", "/verify", "/api/vc/openapi.json"} {
		if got := get(t, first.url+path); got != 200 {
			t.Errorf("%s answers %d", path, got)
		}
	}
	if r := first.stop(); r.code != exitOK {
		t.Fatalf("stopped with %d: %s", r.code, r.err)
	}
	key := read(t, filepath.Join(data, "master.key"))
	if left, _ := filepath.Glob(filepath.Join(data, "*.new-*")); left != nil {
		t.Errorf("left over: %v", left)
	}
	for name, mode := range map[string]os.FileMode{"": 0o700, "master.key": 0o600, "backpack.db": 0o600} {
		info, err := os.Stat(filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != mode && runtime.GOOS != "windows" {
			t.Errorf("%q has mode %o, want %o", name, got, mode)
		}
	}
	again := setup{}.start(t, append([]string{"serve", "--api-prefix", "off"}, on(data)...)...)
	if got := get(t, again.url+"/readyz"); got != 200 {
		t.Errorf("the second start answers %d", got)
	}
	if got := get(t, again.url+"/api/vc/openapi.json"); got != 404 {
		t.Errorf("the disabled API answers %d", got)
	}
	if read(t, filepath.Join(data, "master.key")) != key {
		t.Error("the master key was replaced")
	}
}

func TestServeRefuses(t *testing.T) {
	data := t.TempDir()
	setup{}.start(t, on(data)...).stop()
	busy := t.TempDir()
	running := setup{}.start(t, on(busy)...)
	lost := t.TempDir()
	write(t, lost, "backpack.db", []byte(read(t, filepath.Join(data, "backpack.db"))))
	damaged := t.TempDir()
	write(t, damaged, "master.key", []byte("0123\n"))
	foreign := t.TempDir()
	write(t, foreign, "backpack.db", []byte("not a data file"))
	write(t, foreign, "master.key", []byte(strings.Repeat("0a", 32)))
	other := map[string]string{"BACKPACK_MASTER_KEY": strings.Repeat("ab", 32)}

	for name, tt := range map[string]struct {
		env  map[string]string
		args []string
		want []string
	}{
		"a data folder in use": {nil, on(busy), []string{"another backpack uses this file"}},
		"a port in use": {nil, []string{"--listen", strings.TrimPrefix(running.url, "http://"), "--data", data}, []string{"used by another program",
			"--listen"}},
		"a missing master key": {nil, on(lost), []string{"master.key is missing", "restore your copy"}},
		"a damaged master key": {nil, on(damaged), []string{"master.key is damaged"}},
		"another master key":   {other, on(data), []string{"another master key"}},
		"another file":         {nil, on(foreign), []string{"backpack.db"}},
		"a file for a folder":  {nil, on(filepath.Join(damaged, "master.key")), []string{"master.key"}},
		"an argument":          {nil, []string{"serve", "now"}, []string{`serve takes no argument "now"`}},
		"an unknown flag":      {nil, []string{"--lisen", ":0"}, []string{"lisen", "Backpack keeps"}},
		"a secret that has no file": {map[string]string{"BACKPACK_MASTER_KEY_FILE": filepath.Join(data, "nothing")}, on(data),
			[]string{"BACKPACK_MASTER_KEY_FILE", "nothing"}},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			got := setup{env: tt.env}.run(t, tt.args...)
			if got.code == exitOK || got.out != "" {
				t.Errorf("code %d, printed %q", got.code, got.out)
			}
			has(t, got.err, append([]string{"backpack: "}, tt.want...)...)
			lacks(t, got.err, "goroutine", "%!")
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %v", took)
			}
		})
	}
	if got := get(t, running.url+"/readyz"); got != 200 {
		t.Errorf("the first server answers %d", got)
	}
}

func TestServeMasterKeyFromFile(t *testing.T) {
	data := t.TempDir()
	file := write(t, t.TempDir(), "secret", []byte(strings.Repeat("0f", 32)+"\n"))
	s := setup{env: map[string]string{"BACKPACK_MASTER_KEY_FILE": file}}
	s.start(t, on(data)...).stop()
	if _, err := os.Stat(filepath.Join(data, "master.key")); !os.IsNotExist(err) {
		t.Errorf("a master key was created although one is configured: %v", err)
	}
	s.start(t, on(data)...)
}
