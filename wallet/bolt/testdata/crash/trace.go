//go:build linux && amd64

package main

import (
	"encoding/gob"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// names are the relevant system calls of a store.
var names = map[uint64]string{
	syscall.SYS_OPENAT: "openat", syscall.SYS_PWRITE64: "pwrite64", syscall.SYS_FTRUNCATE: "ftruncate", syscall.SYS_WRITE: "write",
	syscall.SYS_FSYNC: "fsync", syscall.SYS_FDATASYNC: "fdatasync", syscall.SYS_LINKAT: "linkat", syscall.SYS_UNLINKAT: "unlinkat",
}

// A tracer runs a program and stops it at each system call. It counts calls of all
// threads in the order of their starts.
type tracer struct {
	under  string   // count only calls on files below this directory
	calls  []string // names of the calls to count
	kill   int      // kill the program before the n-th call
	from   int      // calls from the n-th to last fail
	last   int
	flag   string // calls fail while this file exists
	errno  syscall.Errno
	record *gob.Encoder // receives all calls below the directory and all output

	pid    int
	count  int
	failed int
	acks   int // lines on standard output since the first failure
	open   map[int]*entered
}

// An entered is a call that a thread is in.
type entered struct {
	event
	counts bool
	fails  bool
}

func trace(args []string) error {
	t := &tracer{open: map[int]*entered{}}
	fs := flag.NewFlagSet("trace", flag.ContinueOnError)
	fs.StringVar(&t.under, "under", "/", "folder")
	calls := fs.String("calls", "openat,pwrite64,ftruncate,fsync,fdatasync,linkat,unlinkat", "system calls")
	fs.IntVar(&t.kill, "kill", 0, "kill before the n-th call")
	fs.IntVar(&t.from, "from", 0, "fail from the n-th call")
	fs.IntVar(&t.last, "last", 0, "last call to fail")
	fs.StringVar(&t.flag, "flag", "", "fail while this file exists")
	errno := fs.String("errno", "EIO", "error of failed calls: EIO or ENOSPC")
	record := fs.String("record", "", "file for the recording")
	if err := fs.Parse(args); err != nil {
		return err
	}
	t.calls, t.errno = strings.Split(*calls, ","), map[string]syscall.Errno{"EIO": syscall.EIO, "ENOSPC": syscall.ENOSPC}[*errno]
	if *record != "" {
		f, err := os.Create(*record)
		if err != nil {
			return err
		}
		defer f.Close()
		t.record = gob.NewEncoder(f)
	}
	return t.run(fs.Args())
}

// run runs the program and exits with its exit code, 137 if it was killed.
func (t *tracer) run(args []string) error {
	runtime.LockOSThread() // tracing is per thread, not per process
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	t.pid = cmd.Process.Pid
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(t.pid, &status, 0, nil); err != nil {
		return err
	}
	const killWithUs = 0x100000 // PTRACE_O_EXITKILL
	if err := syscall.PtraceSetOptions(t.pid, syscall.PTRACE_O_TRACESYSGOOD|syscall.PTRACE_O_TRACECLONE|killWithUs); err != nil {
		return err
	}
	if err := syscall.PtraceSyscall(t.pid, 0); err != nil {
		return err
	}
	for {
		tid, err := syscall.Wait4(-1, &status, syscall.WALL, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		if status.Exited() || status.Signaled() {
			if tid != t.pid {
				continue
			}
			fmt.Fprintf(os.Stderr, "traced %d, failed %d, acknowledged after that %d\n", t.count, t.failed, t.acks)
			if status.Signaled() {
				os.Exit(128 + int(status.Signal()))
			}
			os.Exit(status.ExitStatus())
		}
		if err := t.stopped(tid, status); err != nil && !errors.Is(err, syscall.ESRCH) { // it has been killed
			return err
		}
	}
}

// stopped handles a stopped thread and resumes it.
func (t *tracer) stopped(tid int, status syscall.WaitStatus) error {
	switch sig := status.StopSignal(); sig {
	case syscall.SIGTRAP | 0x80: // start or end of a system call
		var regs syscall.PtraceRegs
		if err := syscall.PtraceGetRegs(tid, &regs); err != nil {
			return err
		}
		if err := t.call(tid, &regs); err != nil {
			return err
		}
		return syscall.PtraceSyscall(tid, 0)
	case syscall.SIGTRAP, syscall.SIGSTOP: // new thread
		return syscall.PtraceSyscall(tid, 0)
	default:
		return syscall.PtraceSyscall(tid, int(sig))
	}
}

func (t *tracer) call(tid int, regs *syscall.PtraceRegs) error {
	if c, ok := t.open[tid]; ok {
		delete(t.open, tid)
		return t.ends(tid, c, regs)
	}
	c := &entered{}
	t.open[tid] = c
	name, ok := names[regs.Orig_rax]
	if !ok {
		return nil
	}
	c.Call = name
	if err := t.look(c, regs); err != nil {
		return err
	}
	if c.counts = c.Path != "" && slices.Contains(t.calls, name); !c.counts {
		return nil
	}
	t.count++
	if t.count == t.kill {
		return syscall.Kill(t.pid, syscall.SIGKILL)
	}
	if c.fails = t.fails(); c.fails {
		t.failed++
		regs.Orig_rax = ^uint64(0) // invalid call
		return syscall.PtraceSetRegs(tid, regs)
	}
	return nil
}

func (t *tracer) fails() bool {
	if t.flag != "" {
		_, err := os.Stat(t.flag)
		return err == nil
	}
	return t.from > 0 && t.count >= t.from && t.count <= t.last
}

// look reads the arguments of a call; Path stays empty if the call does not count.
func (t *tracer) look(c *entered, regs *syscall.PtraceRegs) error {
	ours := func(path string) string {
		if path == t.under || strings.HasPrefix(path, t.under+"/") || t.under == "/" {
			return path
		}
		return ""
	}
	switch c.Call {
	case "write":
		if regs.Rdi == 1 {
			c.Path = "stdout"
			if t.failed > 0 {
				t.acks++
			}
			return t.read(regs.Rsi, regs.Rdx, &c.Data)
		}
	case "openat":
		path, err := t.text(regs.Rsi)
		c.Path, c.Make = ours(path), regs.Rdx&syscall.O_CREAT != 0
		return err
	case "linkat":
		from, err := t.text(regs.Rsi)
		to, err2 := t.text(regs.R10)
		c.Path, c.To = ours(from), to
		return errors.Join(err, err2)
	case "unlinkat":
		path, err := t.text(regs.Rsi)
		c.Path = ours(path)
		return err
	}
	fd := fmt.Sprintf("/proc/%d/fd/%d", t.pid, int32(regs.Rdi))
	path, err := os.Readlink(fd)
	if err != nil {
		return err
	}
	var st syscall.Stat_t
	if err := syscall.Stat(fd, &st); err != nil {
		return err
	}
	c.Path, c.File = ours(path), st.Ino
	switch {
	case c.Path == "":
	case c.Call == "pwrite64":
		c.At = int64(regs.R10)
		if t.record != nil {
			return t.read(regs.Rsi, regs.Rdx, &c.Data)
		}
	case c.Call == "write" && t.record != nil: // writes the master key
		c.Call = "pwrite64"
		position, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", t.pid, int32(regs.Rdi)))
		if err != nil {
			return err
		}
		if _, err := fmt.Sscanf(string(position), "pos: %d", &c.At); err != nil {
			return err
		}
		return t.read(regs.Rsi, regs.Rdx, &c.Data)
	case c.Call == "ftruncate":
		c.At = int64(regs.Rsi)
	}
	return nil
}

// ends handles the end of a call.
func (t *tracer) ends(tid int, c *entered, regs *syscall.PtraceRegs) error {
	if c.fails {
		regs.Rax = uint64(-int64(t.errno))
		return syscall.PtraceSetRegs(tid, regs)
	}
	if t.record == nil || c.Path == "" || int64(regs.Rax) < 0 {
		return nil
	}
	if c.Call == "openat" {
		if !c.Make {
			return nil
		}
		var st syscall.Stat_t
		if err := syscall.Stat(fmt.Sprintf("/proc/%d/fd/%d", t.pid, int32(regs.Rax)), &st); err != nil {
			return err
		}
		c.File = st.Ino
	}
	return t.record.Encode(c.event)
}

func (t *tracer) read(at, n uint64, into *[]byte) error {
	f, err := os.Open(fmt.Sprintf("/proc/%d/mem", t.pid))
	if err != nil {
		return err
	}
	defer f.Close()
	*into = make([]byte, n)
	_, err = f.ReadAt(*into, int64(at))
	return err
}

// text reads an absolute path from the traced program's memory.
func (t *tracer) text(at uint64) (string, error) {
	var b []byte
	for len(b) == 0 || b[len(b)-1] != 0 {
		var c []byte
		if err := t.read(at+uint64(len(b)), 1, &c); err != nil {
			return "", err
		}
		b = append(b, c...)
	}
	return filepath.Clean(string(b[:len(b)-1])), nil
}
