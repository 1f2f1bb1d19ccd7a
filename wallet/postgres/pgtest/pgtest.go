// Package pgtest starts a temporary PostgreSQL server for tests: in its own directory,
// on a Unix socket only, without waiting for the disk.
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
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// A Server is a running server. A new database is empty.
type Server struct {
	folder, bin string
	mu          sync.Mutex
	made        int
}

// quick are options that trade durability for speed.
const quick = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"

// Start starts the system's PostgreSQL; it ends with the test. If there is none, the
// test is skipped, or fails with CI set.
func Start(t testing.TB) *Server {
	t.Helper()
	return start(t, installed(t), quick)
}

// Durable is Start for crash tests and benchmarks: commits reach the disk.
func Durable(t testing.TB) *Server {
	t.Helper()
	return start(t, installed(t), "")
}

func installed(t testing.TB) *Server {
	t.Helper()
	bin := binaries()
	if bin == "" {
		missing(t, "PostgreSQL is not installed; run make setup")
	}
	return &Server{folder: newFolder(t), bin: bin}
}

// missing skips the test, or fails it with CI set.
func missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func newFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "pg") // short: a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

func start(t testing.TB, s *Server, options string) *Server {
	t.Helper()
	s.own(t)
	s.run(t, "initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--no-locale", "--username=backpack", "-D", s.data())
	s.run(t, "pg_ctl", "-D", s.data(), "-w", "-l", filepath.Join(s.folder, "log"), "-o",
		"-k "+s.folder+" -c listen_addresses='' -c max_connections=200 -c jit=off "+options, "start")
	t.Cleanup(func() { s.run(t, "pg_ctl", "-D", s.data(), "-m", "immediate", "-w", "stop") })
	return s
}

// binaries returns the directory of the newest installed version.
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

// own gives the directory to the server's user.
func (s *Server) own(t testing.TB) {
	if c := credential(t); c != nil {
		if err := os.Chown(s.folder, int(c.Uid), int(c.Gid)); err != nil {
			t.Fatal(err)
		}
	}
}

// credential returns another user's credential if this process runs as root, which
// PostgreSQL refuses.
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
	if command != "pg_ctl" { // the server would keep the pipe open
		cmd.Stdout, cmd.Stderr = &out, &out
	}
	if err := cmd.Run(); err != nil {
		log, _ := os.ReadFile(filepath.Join(s.folder, "log"))
		t.Fatalf("%s: %v\n%s%s", command, err, out.String(), log)
	}
}

// Database creates a database with the options, such as
// default_transaction_isolation=serializable, and returns its address.
func (s *Server) Database(t testing.TB, options ...string) string {
	t.Helper()
	name := s.name()
	s.SQL(t, "postgres", "CREATE DATABASE "+name)
	for _, o := range options {
		s.SQL(t, "postgres", "ALTER DATABASE "+name+" SET "+o)
	}
	return s.Address(name)
}

// Schema is Database at a tenth of the cost: a schema in a shared database, and a role
// that sees no other.
func (s *Server) Schema(t testing.TB, options ...string) string {
	t.Helper()
	name := s.name()
	statements := []string{"CREATE ROLE " + name + " LOGIN SUPERUSER", "CREATE SCHEMA AUTHORIZATION " + name}
	for _, o := range options {
		statements = append(statements, "ALTER ROLE "+name+" SET "+o)
	}
	s.SQL(t, "postgres", statements...)
	return strings.Replace(s.Address("postgres"), "backpack@", name+"@", 1)
}

func (s *Server) name() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	return fmt.Sprint("t", s.made)
}

// Address returns the address of a database.
func (s *Server) Address(name string) string {
	return "postgres://backpack@/" + name + "?host=" + s.folder
}

// SQL runs statements in a database in order.
func (s *Server) SQL(t testing.TB, database string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.Address(database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, x := range statements {
		if _, err := conn.Exec(t.Context(), x, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatalf("%s: %v", x, err)
		}
	}
}
