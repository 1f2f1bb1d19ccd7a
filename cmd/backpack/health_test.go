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
