package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A programRun is the program in its own process.
type programRun struct {
	cmd  *exec.Cmd
	url  string
	took time.Duration // until it printed its address
	stop func()
}

func startProgram(t testing.TB, bin string, at home) *programRun {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin)
	cmd.Env, cmd.Stderr = []string{"PATH=" + os.Getenv("PATH")}, log
	for k, v := range at.env() {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &programRun{cmd: cmd}
	p.stop = sync.OnceFunc(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program: %v", err)
		}
		log.Close()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		cmd.Wait()
		text, _ := os.ReadFile(log.Name())
		t.Fatalf("the program printed nothing: %v\n%s", err, text)
	}
	t.Cleanup(p.stop)
	_, url, _ := strings.Cut(strings.TrimSpace(line), " at ")
	p.url, p.took = strings.Replace(url, "localhost", "127.0.0.1", 1), time.Since(begun)
	return p
}

// memory returns the program's own memory in MiB, without the cached pages of
// the data file.
func (p *programRun) memory() float64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "RssAnon:"); ok {
			kib, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 64)
			return kib / 1024
		}
	}
	return 0
}

// An asker makes one request to a program; n counts the requests of all
// clients.
type asker func(c *loadClient, n int) error

// measure runs clients that ask again as soon as they have their answer. The
// first twentieth is a warm-up and not counted.
func (p *programRun) measure(t testing.TB, ask asker, clients int, each time.Duration) measured {
	t.Helper()
	run := func(each time.Duration) (out measured) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		begun, n := time.Now(), 0
		for range clients {
			wg.Go(func() {
				c, mine, failed := newLoadClient(p.url), []time.Duration(nil), 0
				defer c.close()
				for time.Since(begun) < each {
					mu.Lock()
					n++
					i := n
					mu.Unlock()
					start := time.Now()
					if err := ask(c, i); err != nil {
						if failed++; failed == 1 {
							t.Logf("an error: %v", err)
						}
					}
					mine = append(mine, time.Since(start))
				}
				mu.Lock()
				out.took, out.errors = append(out.took, mine...), out.errors+failed
				mu.Unlock()
			})
		}
		wg.Wait()
		out.wall = time.Since(begun)
		return out
	}
	run(each / 20)
	before := p.memory()
	stop, slope := make(chan struct{}), make(chan float64)
	go func() { slope <- p.slope(stop) }()
	out := run(each)
	close(stop)
	out.before, out.after, out.slope = before, p.memory(), <-slope
	return out
}

// slope samples the memory every half second until stop, and returns the slope
// of the line through the samples, in MiB per minute.
func (p *programRun) slope(stop chan struct{}) float64 {
	var n, sx, sy, sxx, sxy float64
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	begun := time.Now()
	for {
		x, y := time.Since(begun).Minutes(), p.memory()
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
		select {
		case <-tick.C:
		case <-stop:
			if d := n*sxx - sx*sx; n > 2 && d > 0 {
				return (n*sxy - sx*sy) / d
			}
			return 0
		}
	}
}
