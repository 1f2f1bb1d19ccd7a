package pgtest

import (
	"path/filepath"
	"testing"
)

// Crash kills the server: its processes quit at once and write nothing more.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	s.run(t, "pg_ctl", "-D", s.data(), "-m", "immediate", "-w", "stop")
}

// Launch restarts a durable server after a Crash and waits for its recovery.
func (s *Server) Launch(t testing.TB) {
	t.Helper()
	s.run(t, "pg_ctl", "-D", s.data(), "-w", "-l", filepath.Join(s.folder, "log"), "-o",
		"-k "+s.folder+" -c listen_addresses='' -c max_connections=200 -c jit=off", "start")
}
