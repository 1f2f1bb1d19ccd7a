package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Goals for the shipped program.
const (
	maxStart  = time.Second
	maxIdle   = 64 << 20
	maxBinary = 40e6
)

// BenchmarkStart starts the static binary with a fresh data folder and reports
// the time to its first answer, its size, and its resident memory a second
// later.
func BenchmarkStart(b *testing.B) {
	binary := built(b)
	info, err := os.Stat(binary)
	if err != nil {
		b.Fatal(err)
	}
	var starts []time.Duration
	var idle int
	for b.Loop() {
		took, rss := startBinary(b, binary)
		starts, idle = append(starts, took), max(idle, rss)
	}
	slices.Sort(starts)
	median := starts[len(starts)/2]
	b.ReportMetric(float64(median.Milliseconds()), "ms-to-first-answer")
	b.ReportMetric(float64(idle)/(1<<20), "MiB-idle")
	b.ReportMetric(float64(info.Size())/1e6, "MB-binary")
	for what, missed := range map[string]bool{"start": median > maxStart, "memory": idle > maxIdle, "size": float64(info.Size()) > maxBinary} {
		if missed {
			b.Errorf("the goal for %s is missed", what)
		}
	}
}

// startBinary runs the program once. The memory is 0 on systems without /proc.
func startBinary(b *testing.B, binary string) (took time.Duration, rss int) {
	b.Helper()
	cmd := exec.Command(binary, on(b.TempDir())...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}()
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		b.Fatal(err)
	}
	_, url, _ := strings.Cut(strings.TrimSpace(string(line[:n])), " at ")
	if got := get(b, url+"/"); got != 200 {
		b.Fatalf("the first page answers %d", got)
	}
	took = time.Since(start)
	<-time.After(time.Second)
	return took, resident(cmd.Process.Pid)
}

func resident(pid int) int {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.Atoi(fields[0])
	return kib << 10
}
