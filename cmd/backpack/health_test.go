package main

import "testing"

func TestHealth(t *testing.T) {
	s := setup{}.start(t, on(t.TempDir())...)
	address := s.url[len("http://"):]
	if r := (setup{}).run(t, "health", "--listen", address); r.code != exitOK || r.out != "ready\n" {
		t.Errorf("%+v", r)
	}
	s.stop()
	r := setup{}.run(t, "health", "--listen", address)
	if r.code != exitInvalid {
		t.Errorf("%+v", r)
	}
	has(t, r.err, "no server answers")
	if r := (setup{}).run(t, "health", "--listen", "nothing"); r.code != exitUsage {
		t.Errorf("%+v", r)
	}
}

// TestHealthTLS: health asks a server that speaks TLS itself.
func TestHealthTLS(t *testing.T) {
	addr := freeAddress(t)
	cert, key := newAuthority(t).pair(t, t.TempDir(), 1)
	args := []string{"--listen", addr, "--data", t.TempDir(), "--tls-cert", cert, "--tls-key", key, "--public-url", "https://backpack.test"}
	setup{}.start(t, args...)
	if r := (setup{}).run(t, append([]string{"health"}, args...)...); r.code != exitOK {
		t.Errorf("%+v", r)
	}
}
