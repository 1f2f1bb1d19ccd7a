package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/sample"
)

// A result is the outcome of a command.
type result struct {
	code     int
	out, err string
}

// A setup is the environment of a command.
type setup struct {
	in       string
	env      map[string]string
	terminal bool
	width    int
	web      vc.Fetcher // in place of the network
}

func (s setup) run(t testing.TB, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	p := s.program(&out, &errs)
	return result{p.main(t.Context(), args), out.String(), errs.String()}
}

func (s setup) program(out, errs io.Writer) *program {
	return &program{in: strings.NewReader(s.in), out: out, err: errs, terminal: s.terminal, width: s.width, web: s.web,
		env: func(name string) string { return s.env[name] }}
}

// has fails unless text contains all parts in their order.
func has(t testing.TB, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, p := range parts {
		_, after, ok := strings.Cut(rest, p)
		if !ok {
			t.Fatalf("%q is missing, or too early, in:\n%.2000s", p, text)
		}
		rest = after
	}
}

func lacks(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(text, p) {
			t.Errorf("%q must not occur in:\n%.2000s", p, text)
		}
	}
}

var allSamples = sync.OnceValues(func() (*sample.Samples, error) { return sample.New(sample.Config{Now: time.Now}) })

// sampleFiles writes the samples into a folder and lists them.
func sampleFiles(t testing.TB) (dir string, files []sample.File) {
	t.Helper()
	s, err := allSamples()
	if err != nil {
		t.Fatal(err)
	}
	if files, err = s.Files(); err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for _, f := range files {
		write(t, dir, f.Name, f.Bytes)
	}
	return dir, files
}

func write(t testing.TB, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A running is a server started by the command.
type running struct {
	url  string
	stop func() result // stops it like an interrupt
}

// start starts the server and waits for its address.
func (s setup) start(t testing.TB, args ...string) running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- s.program(w, &errs).main(ctx, args)
		w.Close()
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("the server ended with %d: %s", <-ended, errs.String())
	}
	var last *result
	stop := func() result {
		if last == nil {
			cancel()
			last = &result{<-ended, line, errs.String()}
		}
		return *last
	}
	t.Cleanup(func() { stop() })
	_, url, _ := strings.Cut(strings.TrimSpace(line), " at ")
	return running{url, stop}
}

// get asks the server for a page and returns its status.
func get(t testing.TB, url string) int {
	t.Helper()
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}
