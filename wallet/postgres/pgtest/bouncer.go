package pgtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Bouncer starts a pgbouncer for the server that pools by transaction: each
// transaction may get another connection. It returns a function that makes an address
// go through it.
func (s *Server) Bouncer(t testing.TB) (through func(address string) string) {
	t.Helper()
	bin, err := exec.LookPath("pgbouncer")
	if err != nil {
		missing(t, "pgbouncer is not installed; run make setup")
	}
	const port = "6543" // only a name: it listens on a Unix socket only
	config := filepath.Join(s.folder, "pgbouncer.ini")
	text := fmt.Sprintf(`[databases]
* = host=%[1]s
[pgbouncer]
listen_addr =
listen_port = %[2]s
unix_socket_dir = %[1]s
auth_type = trust
auth_file = %[1]s/users
pool_mode = transaction
default_pool_size = 10
max_client_conn = 500
logfile = %[1]s/pgbouncer.log
`, s.folder, port)
	users := `"backpack" ""` + "\n"
	for i := range 500 { // roles of Schema
		users += fmt.Sprintf("\"t%d\" \"\"\n", i)
	}
	if err := os.WriteFile(filepath.Join(s.folder, "users"), []byte(users), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-q", config)
	cmd.Dir, cmd.SysProcAttr = s.folder, &syscall.SysProcAttr{Credential: credential(t)}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	s.await(t, filepath.Join(s.folder, ".s.PGSQL."+port))
	return func(address string) string { return strings.Replace(address, "?", "?port="+port+"&", 1) }
}

// await waits until a server answers on the socket.
func (s *Server) await(t testing.TB, socket string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(time.Minute); ; {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			return
		}
		select {
		case <-tick.C:
		case <-end:
			log, _ := os.ReadFile(filepath.Join(s.folder, "pgbouncer.log"))
			t.Fatalf("nothing answers on %s\n%s", socket, log)
		}
	}
}
