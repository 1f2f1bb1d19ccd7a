package vc

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"maps"
	"slices"
	"sync"
)

// A memory keeps which proofs held, and which did not, by the digest of all
// that this depends on. It holds the newest n to 2n answers.
type memory struct {
	mu           sync.Mutex
	n            int
	young, older map[[sha256.Size]byte]bool
}

func (m *memory) get(k [sha256.Size]byte) (holds, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if holds, known = m.young[k]; !known {
		holds, known = m.older[k]
	}
	return holds, known
}

func (m *memory) put(k [sha256.Size]byte, holds bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.young) >= m.n {
		m.older, m.young = m.young, nil
	}
	if m.young == nil {
		m.young = make(map[[sha256.Size]byte]bool)
	}
	m.young[k] = holds
}

// prove has the suite verify a proof, unless it is remembered that it did:
// whether a key made a proof over these bytes never changes.
func (v *Verifier) prove(ctx context.Context, s Suite, d *Document, p *Proof, key *Key) error {
	k, ok := v.digestOf(d, p, key)
	if !ok {
		return verifyWith(ctx, s, d, p, key)
	}
	if holds, known := v.memory.get(k); known && holds {
		return nil
	} else if known {
		return ErrSignature
	}
	err := verifyWith(ctx, s, d, p, key)
	if err == nil || err == ErrSignature { // nothing else is for good, or has no more to say
		v.memory.put(k, err == nil)
	}
	return err
}

// digestOf is the digest of all that decides whether a proof holds: the
// document's bytes and form, which of its proofs, the contexts kept beside it,
// and the key. It is not ok when nothing is to be remembered.
func (v *Verifier) digestOf(d *Document, p *Proof, key *Key) (sum [sha256.Size]byte, ok bool) {
	public, ok := keyBytes(key.Public)
	if v.memory == nil || !ok {
		return sum, false
	}
	h := sha256.New()
	var size [8]byte
	add := func(b []byte) { // each with its length, so that no two lists of parts read the same
		binary.BigEndian.PutUint64(size[:], uint64(len(b)))
		h.Write(size[:])
		h.Write(b)
	}
	add(d.Raw)
	add(public)
	for _, part := range []string{string(d.Form), p.SuiteID(), p.Value.Raw(), key.Type} {
		add([]byte(part))
	}
	for _, url := range slices.Sorted(maps.Keys(d.Contexts)) {
		add([]byte(url))
		add(d.Contexts[url])
	}
	h.Sum(sum[:0])
	return sum, true
}

// keyBytes writes a key so that two that differ are written differently.
func keyBytes(key crypto.PublicKey) ([]byte, bool) {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return k, true
	case []byte:
		return k, true
	}
	b, err := x509.MarshalPKIXPublicKey(key)
	return b, err == nil
}
