package bolt_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"backpack/wallet/storetest/crash"
)

// tool builds testdata/crash once and returns its path.
var tool = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "crash")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "crash")
	build := exec.Command("go", "build", "-trimpath", "-o", name, "./testdata/crash")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as everything is built without the race detector
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return name, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if name, err := tool(); err == nil {
		os.RemoveAll(filepath.Dir(name))
	}
	os.Exit(code)
}

// soak returns n, multiplied by factor in "make soak".
func soak(n, factor int) int {
	if os.Getenv("BACKPACK_TEST_SOAK") != "" {
		return n * factor
	}
	return n
}

// traced skips a test where system calls cannot be traced, or fails with CI set.
func traced(t *testing.T) {
	t.Helper()
	if runtime.GOOS+runtime.GOARCH == "linuxamd64" {
		return
	}
	const why = "system calls are traced on linux/amd64 only"
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// memory returns a directory in memory if there is one with enough room. It keeps the
// writes of a killed process, as a disk does.
func memory(t *testing.T) string {
	t.Helper()
	if !hasMemory() {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp("/dev/shm", "crash")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// A result is the result of a run of the tool.
type result struct {
	acks int
	code int
	errs string
}

// run runs the tool with the earlier acknowledgements and adds the new ones. It kills
// the tool after a number of acknowledgements; 0 means never.
func run(t *testing.T, acked map[int]int, after int, args ...string) result {
	t.Helper()
	name, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	var in, errs bytes.Buffer
	for writer, n := range acked {
		fmt.Fprintln(&in, writer, n)
	}
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stderr = &in, &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	var head bytes.Buffer
	for range after {
		line, err := lines.ReadString('\n')
		head.WriteString(line)
		if err != nil {
			break
		}
	}
	if after > 0 {
		cmd.Process.Kill()
	}
	first, err1 := crash.Acks(&head, acked)
	rest, err2 := crash.Acks(lines, acked)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	code := cmd.ProcessState.ExitCode()
	if code == -1 {
		code = 137
	}
	return result{first + rest, code, errs.String()}
}

// sound fails the test unless a data file has every acknowledged write.
func sound(t *testing.T, acked map[int]int, file string, writers int) {
	t.Helper()
	if r := run(t, acked, 0, "write", file, strconv.Itoa(writers), "-1"); r.code != 0 {
		t.Fatalf("%s", r.errs)
	}
}

// TestThreat29KilledProcess kills writing processes repeatedly. Each next process
// first verifies that every acknowledged write is present.
func TestThreat29KilledProcess(t *testing.T) {
	t.Parallel()
	const files, writers = 4, 64
	cycles, acks := soak(50, 25), 1150 // kills, 50 per file; minimum of writes between two kills
	var mu sync.Mutex
	total, kills := 0, 0
	t.Run("files", func(t *testing.T) {
		for n := range files {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(uint64(n), 29))
				file, acked := filepath.Join(memory(t), "data.db"), map[int]int{}
				for range cycles {
					got := run(t, acked, acks+r.IntN(400), "write", file, strconv.Itoa(writers), "0")
					if got.code != 137 {
						t.Fatalf("got exit code %d: %s", got.code, got.errs)
					}
					mu.Lock()
					total, kills = total+got.acks, kills+1
					mu.Unlock()
				}
				sound(t, acked, file, writers)
			})
		}
	})
	t.Logf("%d kills, %d acknowledged writes, none lost", kills, total)
	if total < 250_000 || kills < 200 {
		t.Errorf("only %d writes, %d kills", total, kills)
	}
}

// recorded runs writers on a new file and returns the recording of everything that
// reached the disk, in order.
func recorded(t *testing.T, dir string, writers, writes int) string {
	t.Helper()
	folder, recording := filepath.Join(dir, "data"), filepath.Join(dir, "recording")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	name, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, map[int]int{}, 0, "trace", "-under", folder, "-record", recording, name, "write",
		filepath.Join(folder, "data.db"), strconv.Itoa(writers), strconv.Itoa(writes))
	if r.code != 0 || r.acks != writers*writes {
		t.Fatalf("got %d acknowledgements: %s", r.acks, r.errs)
	}
	return recording
}

// replay has the tool build and check images, and returns its output.
func replay(t *testing.T, dir, recording string, args ...string) (string, error) {
	t.Helper()
	name, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(name, append(append([]string{"replay", "-work", dir}, args...), recording)...).CombinedOutput()
	return string(out), err
}

// TestThreat29PowerFailure records the system calls that create and write a data
// file, and builds the images that a power failure at any moment may leave:
// everything synced, and any part of the rest, complete, torn or absent. Each image
// opens and has every write acknowledged by then.
func TestThreat29PowerFailure(t *testing.T) {
	t.Parallel()
	traced(t)
	for _, c := range []struct {
		name                    string
		writers, writes, images int
	}{
		{"first start", 1, 1, 500},
		{"one writer", 1, 60, 500},
		{"a group", 16, 25, 1500},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := memory(t)
			recording := recorded(t, dir, c.writers, c.writes)
			images, writers := strconv.Itoa(soak(c.images, 40)), strconv.Itoa(c.writers)
			out, err := replay(t, dir, recording, "-images", images, "-writers", writers)
			if err != nil || !strings.Contains(out, images+" images") {
				t.Errorf("%v: %s", err, out)
			}
			t.Log(out)
			if out, err := replay(t, dir, recording, "-images", "300", "-writers", writers, "-lies"); err == nil || !strings.Contains(out, "LOST") {
				t.Errorf("a disk with false syncs loses nothing, so the test proves nothing: %s", out)
			}
		})
	}
}

// TestThreat29KilledAtEveryCall kills a process before the first system call that
// changes the disk, before the second, and so on until it ends by itself. It also
// builds these states from a recording, up to every call.
func TestThreat29KilledAtEveryCall(t *testing.T) {
	t.Parallel()
	traced(t)
	writes := soak(60, 17)
	name, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	next, ended, lost := 0, 0, 0
	t.Run("killed", func(t *testing.T) {
		for worker := range 2 {
			t.Run(fmt.Sprint(worker), func(t *testing.T) {
				t.Parallel()
				dir := memory(t)
				for {
					mu.Lock()
					next++
					n, done := next, ended > 0
					mu.Unlock()
					if done {
						return
					}
					folder, acked := filepath.Join(dir, fmt.Sprint(n)), map[int]int{}
					if err := os.Mkdir(folder, 0o700); err != nil {
						t.Fatal(err)
					}
					file := filepath.Join(folder, "data.db")
					r := run(t, acked, 0, "trace", "-under", folder, "-kill", strconv.Itoa(n), name, "write", file, "1", strconv.Itoa(writes))
					if r.code != 0 && r.code != 137 {
						t.Fatalf("killed before call %d: got exit code %d: %s", n, r.code, r.errs)
					}
					mu.Lock()
					if r.code == 0 {
						ended = n
					} else if r.acks < writes {
						lost++
					}
					mu.Unlock()
					sound(t, acked, file, 1)
					os.RemoveAll(folder)
				}
			})
		}
	})
	t.Logf("killed before each of %d calls", lost)
	if lost < 4*writes {
		t.Errorf("only %d calls", lost)
	}
	dir := memory(t)
	out, err := replay(t, dir, recorded(t, dir, 1, writes), "-writers", "1")
	if err != nil {
		t.Error(err)
	}
	t.Log(out)
}

// TestThreat30FailingDisk makes system calls fail permanently from a different one on
// each time: the process ends with an error, acknowledges nothing more, and the file
// has every earlier acknowledged write.
func TestThreat30FailingDisk(t *testing.T) {
	t.Parallel()
	traced(t)
	name, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		call    string
		writers int
		first   int
	}{{"fdatasync", 1, 4}, {"fdatasync", 8, 5}, {"pwrite64", 1, 9}, {"pwrite64", 8, 14}} {
		t.Run(fmt.Sprintf("%s/%d", c.call, c.writers), func(t *testing.T) {
			t.Parallel()
			dir := memory(t)
			for n := range soak(10, 10) {
				folder, acked := filepath.Join(dir, fmt.Sprint(n)), map[int]int{}
				if err := os.Mkdir(folder, 0o700); err != nil {
					t.Fatal(err)
				}
				file, at := filepath.Join(folder, "data.db"), strconv.Itoa(c.first+7*n)
				r := run(t, acked, 0, "trace", "-under", folder, "-calls", c.call, "-from", at, "-last", at, "-errno", "EIO",
					name, "write", file, strconv.Itoa(c.writers), "400")
				if r.code != 1 || !strings.Contains(r.errs, "input/output error") || !strings.Contains(r.errs, "failed 1,") || r.acks == 400*c.writers {
					t.Errorf("call %s: got exit code %d after %d acknowledgements: %s", at, r.code, r.acks, r.errs)
				}
				if c.writers == 1 && !strings.Contains(r.errs, "acknowledged after that 0") {
					t.Errorf("call %s: writes are acknowledged after the failure: %s", at, r.errs)
				}
				sound(t, acked, file, c.writers)
			}
		})
	}
}

// TestThreat31FullDisk fills a disk for a while: a change without room fails without
// a trace, and the same process writes it when there is room again.
func TestThreat31FullDisk(t *testing.T) {
	t.Parallel()
	traced(t)
	name, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	for _, writers := range []int{1, 8} {
		t.Run(fmt.Sprint(writers), func(t *testing.T) {
			t.Parallel()
			dir := memory(t)
			for n := range soak(10, 10) {
				folder, acked := filepath.Join(dir, fmt.Sprint(n)), map[int]int{}
				if err := os.Mkdir(folder, 0o700); err != nil {
					t.Fatal(err)
				}
				file, from := filepath.Join(folder, "data.db"), 20+3*n
				r := run(t, acked, 0, "trace", "-under", folder, "-calls", "pwrite64,ftruncate",
					"-from", strconv.Itoa(from), "-last", strconv.Itoa(from+20), "-errno", "ENOSPC",
					name, "write", file, strconv.Itoa(writers), "40")
				if r.code != 0 || r.acks != 40*writers || !strings.Contains(r.errs, "full ") || !strings.Contains(r.errs, "failed 21,") {
					t.Errorf("from call %d: got exit code %d after %d acknowledgements: %s", from, r.code, r.acks, r.errs)
				}
				sound(t, acked, file, writers)
			}
		})
	}
}
