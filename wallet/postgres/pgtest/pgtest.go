// Package pgtest starts a throw-away PostgreSQL server for tests: in a folder
// of its own, on a Unix socket alone, without waiting for the disk.
package pgtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

// A Server is a running server. Its databases are empty when they are made.
type Server struct {
	folder, bin string
	mu          sync.Mutex
	made        int
}

// Start starts a server that ends with the test. Where there is no PostgreSQL
// the test is skipped, and fails with CI set.
func Start(t testing.TB) *Server {
	t.Helper()
	bin := binaries()
	if bin == "" {
		const why = "PostgreSQL is not installed; make setup does it"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	folder, err := os.MkdirTemp("", "pg") // short: a socket's path may have 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	s := &Server{folder: folder, bin: bin}
	s.own(t)
	s.run(t, "initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--no-locale", "--username=backpack", "-D", s.data())
	s.run(t, "pg_ctl", "-D", s.data(), "-w", "-l", filepath.Join(folder, "log"), "-o",
		"-k "+folder+" -c listen_addresses='' -c fsync=off -c max_connections=200", "start")
	t.Cleanup(func() { s.run(t, "pg_ctl", "-D", s.data(), "-m", "immediate", "-w", "stop") })
	return s
}

// binaries returns the folder of the newest version installed.
func binaries() string {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		if path, err := exec.LookPath("initdb"); err == nil {
			return filepath.Dir(path)
		}
		return ""
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest)
}

func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// own gives the folder to whom the server runs as.
func (s *Server) own(t testing.TB) {
	if c := credential(t); c != nil {
		if err := os.Chown(s.folder, int(c.Uid), int(c.Gid)); err != nil {
			t.Fatal(err)
		}
	}
}

// credential is that of somebody else for root, as whom PostgreSQL refuses to run.
func credential(t testing.TB) *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (s *Server) run(t testing.TB, command string, args ...string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(s.bin, command), args...)
	cmd.Dir, cmd.SysProcAttr = s.folder, &syscall.SysProcAttr{Credential: credential(t)}
	var out bytes.Buffer
	if command != "pg_ctl" { // what it starts would keep the pipe open
		cmd.Stdout, cmd.Stderr = &out, &out
	}
	if err := cmd.Run(); err != nil {
		log, _ := os.ReadFile(filepath.Join(s.folder, "log"))
		t.Fatalf("%s: %v\n%s%s", command, err, out.String(), log)
	}
}

// Database makes a database and returns its address. Each of the options, such
// as default_transaction_isolation=serializable, is in force in it.
func (s *Server) Database(t testing.TB, options ...string) string {
	t.Helper()
	s.mu.Lock()
	s.made++
	name := fmt.Sprint("t", s.made)
	s.mu.Unlock()
	s.SQL(t, "postgres", "CREATE DATABASE "+name)
	for _, o := range options {
		s.SQL(t, "postgres", "ALTER DATABASE "+name+" SET "+o)
	}
	return s.Address(name)
}

// Address returns the address of a database.
func (s *Server) Address(name string) string {
	return "postgres://backpack@/" + name + "?host=" + s.folder
}

// SQL runs statements in a database.
func (s *Server) SQL(t testing.TB, database, statements string) {
	t.Helper()
	s.run(t, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", s.folder, "-U", "backpack", "-d", database, "-c", statements)
}
