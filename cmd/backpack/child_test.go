package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
)

// binary builds the program as make build does, once, and returns its path.
var binary = sync.OnceValues(func() (string, error) {
	name, err := filepath.Abs(filepath.Join("..", "..", "bin", "test", "backpack"))
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", name, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return name, nil
})

// A child is the program in a process of its own.
type child struct {
	url string
	cmd *exec.Cmd
	all *output
	end func() string // ends it as an operator would, and returns all that it printed
	// ended is closed when the process has ended, by itself or not.
	ended chan struct{}
}

// startedAt is what the program prints once it can be reached.
var startedAt = regexp.MustCompile(`(?m)^Backpack is at (\S+)$`)

// An output collects what a process prints, and tells of the address in it.
type output struct {
	mu    sync.Mutex
	text  bytes.Buffer
	first chan string
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	if m := startedAt.FindSubmatch(o.text.Bytes()); m != nil {
		select {
		case o.first <- string(m[1]):
		default:
		}
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// spawn starts the built program as a server and waits for its address.
func spawn(t testing.TB, env []string, args ...string) *child {
	t.Helper()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return spawnAs(t, env, name, args...)
}

// spawnAs is spawn for a program that starts ours.
func spawnAs(t testing.TB, env []string, name string, args ...string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(name, args...), all: &output{first: make(chan string, 1)}, ended: make(chan struct{})}
	c.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...)
	c.cmd.Stdout, c.cmd.Stderr = c.all, c.all
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.cmd.Wait(); close(ended); close(c.ended) }()
	c.end = func() string {
		c.cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		return c.all.String()
	}
	t.Cleanup(func() { c.cmd.Process.Kill(); <-ended })
	select {
	case c.url = <-c.all.first:
	case err := <-ended:
		t.Fatalf("the server ended: %v\n%s", err, c.all)
	}
	return c
}
