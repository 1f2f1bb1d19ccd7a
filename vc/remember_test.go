package vc

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"testing"
)

// counting is a suite that returns the same result for every proof and counts its
// calls.
type counting struct {
	says  error
	asked int
}

func (*counting) IDs() []string { return []string{"counting-2026"} }
func (s *counting) Verify(context.Context, *Document, *Proof, *Key) error {
	s.asked++
	return s.says
}

// asking is the input of one proof verification.
type asking struct {
	raw, proof, suite string
	form              Form
	key               *Key
	contexts          map[string][]byte
}

func (a asking) of(t *testing.T, v *Verifier, s Suite) error {
	t.Helper()
	value, err := ParseJSON([]byte(a.proof))
	if err != nil {
		t.Fatal(err)
	}
	d := &Document{Raw: []byte(a.raw), Form: a.form, Contexts: a.contexts}
	return v.prove(t.Context(), s, d, &Proof{Type: a.suite, Value: value}, a.key)
}

func key(b byte) *Key {
	return &Key{Type: "Multikey", Public: ed25519.PublicKey(append(make([]byte, 31), b))}
}

// TestRemember checks that a result is cached, and that any changed input causes a
// new verification.
func TestRemember(t *testing.T) {
	first := asking{`{"a":1}`, `{"id":"p"}`, "x", Embedded, key(1), map[string][]byte{"u": []byte("{}")}}
	others := map[string]func(a *asking){
		"bytes":                func(a *asking) { a.raw = `{"a":2}` },
		"form":                 func(a *asking) { a.form = JWT },
		"proof":                func(a *asking) { a.proof = `{"id":"q"}` },
		"suite":                func(a *asking) { a.suite = "y" },
		"key":                  func(a *asking) { a.key = key(2) },
		"kind of key":          func(a *asking) { a.key = &Key{Type: "JsonWebKey", Public: a.key.Public} },
		"context":              func(a *asking) { a.contexts = map[string][]byte{"u": []byte("[]")} },
		"address of a context": func(a *asking) { a.contexts = map[string][]byte{"w": []byte("{}")} },
		"no context":           func(a *asking) { a.contexts = nil },
		"shifted parts":        func(a *asking) { a.raw, a.suite = `{"a":1}x`, "" },
	}
	for _, says := range []error{nil, ErrSignature} {
		v, s := &Verifier{memory: &memory{n: 100}}, &counting{says: says}
		for range 3 {
			if err := first.of(t, v, s); !errors.Is(err, says) || s.asked != 1 {
				t.Fatalf("asked %d times: %v", s.asked, err)
			}
		}
		for name, change := range others {
			a, before := first, s.asked
			change(&a)
			if err := a.of(t, v, s); !errors.Is(err, says) || s.asked != before+1 {
				t.Errorf("%s: asked %d times: %v", name, s.asked-before, err)
			}
		}
	}
}

// TestRememberOnlyWhatIsForGood checks that temporary errors and errors with
// details are not cached.
func TestRememberOnlyWhatIsForGood(t *testing.T) {
	for _, says := range []error{ErrTooComplex, ErrContext, context.Canceled, fmt.Errorf("%w: name", ErrTerms), fmt.Errorf("%w: DER", ErrSignature)} {
		v, s := &Verifier{memory: &memory{n: 100}}, &counting{says: says}
		for range 2 {
			if err := (asking{raw: "1", proof: "{}", key: key(1)}).of(t, v, s); err != says {
				t.Errorf("%v became %v", says, err)
			}
		}
		if s.asked != 2 {
			t.Errorf("%v was cached", says)
		}
	}
	v, s := &Verifier{}, &counting{}
	for range 2 {
		asking{raw: "1", proof: "{}", key: key(1)}.of(t, v, s)
	}
	if s.asked != 2 {
		t.Error("a verifier without a memory caches")
	}
}

// TestRememberIsBounded checks that the latest n results stay, and never more than
// 2n.
func TestRememberIsBounded(t *testing.T) {
	const n = 50
	v, s := &Verifier{memory: &memory{n: n}}, &counting{}
	ask := func(i int) { asking{raw: fmt.Sprint(i), proof: "{}", key: key(1)}.of(t, v, s) }
	for i := range 10 * n {
		ask(i)
	}
	if kept := len(v.memory.young) + len(v.memory.older); kept > 2*n || kept < n {
		t.Errorf("%d results are cached", kept)
	}
	before := s.asked
	for i := 9 * n; i < 10*n; i++ {
		ask(i)
	}
	if s.asked != before {
		t.Errorf("%d of the latest results were dropped", s.asked-before)
	}
	if ask(0); s.asked != before+1 {
		t.Error("the oldest result is still cached")
	}
}
