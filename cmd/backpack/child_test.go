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

// A child is the program in its own process.
type child struct {
	url string
	cmd *exec.Cmd
	all *output
	// ended is closed when the process has ended, for any reason.
	ended chan struct{}
}

// startedAt matches what the program prints when it is reachable.
var startedAt = regexp.MustCompile(`(?m)^Backpack is at (\S+)$`)

// An output collects what a process prints, and sends the address in it.
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

// built returns the path of the program.
func built(t testing.TB) string {
	t.Helper()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// spawn starts the built program as a server and waits for its address.
func spawn(t testing.TB, env []string, args ...string) *child {
	t.Helper()
	return spawnAs(t, env, built(t), args...)
}

// spawnAs is spawn for a program that starts ours.
func spawnAs(t testing.TB, env []string, name string, args ...string) *child {
	t.Helper()
	c := begin(t, append([]string{"HOME=" + t.TempDir()}, env...), name, args...)
	t.Cleanup(c.kill)
	select {
	case c.url = <-c.all.first:
	case <-c.ended:
		t.Fatalf("the server ended: %v\n%s", c.cmd.ProcessState, c.all)
	}
	return c
}

// begin starts a program without waiting; the caller ends it.
func begin(t testing.TB, env []string, name string, args ...string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(name, args...), all: &output{first: make(chan string, 1)}, ended: make(chan struct{})}
	c.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	c.cmd.Stdout, c.cmd.Stderr = c.all, c.all
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { c.cmd.Wait(); close(c.ended) }()
	return c
}

// end stops the process as an operator would, and returns its output.
func (c *child) end() string {
	c.cmd.Process.Signal(syscall.SIGTERM)
	<-c.ended
	return c.all.String()
}

// kill stops the process as a crash would.
func (c *child) kill() {
	c.cmd.Process.Kill()
	<-c.ended
}
