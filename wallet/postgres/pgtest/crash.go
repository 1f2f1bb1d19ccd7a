package pgtest

import (
	"path/filepath"
	"testing"
)

// Crash ends the server at once, whatever it is doing: its processes quit
// without writing anything more.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	s.run(t, "pg_ctl", "-D", s.data(), "-m", "immediate", "-w", "stop")
}

// Launch starts a durable server again after a Crash, and waits until it has
// recovered.
func (s *Server) Launch(t testing.TB) {
	t.Helper()
	s.run(t, "pg_ctl", "-D", s.data(), "-w", "-l", filepath.Join(s.folder, "log"), "-o",
		"-k "+s.folder+" -c listen_addresses='' -c max_connections=200 -c jit=off", "start")
}
