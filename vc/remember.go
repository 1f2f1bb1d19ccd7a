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

// A memory caches proof results by a digest of all inputs. It holds the latest n to
// 2n results.
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

// prove has the suite verify a proof, unless the result is cached. A result never
// changes, since the digest covers all inputs.
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
	if err == nil || err == ErrSignature { // other errors are temporary, or carry details
		v.memory.put(k, err == nil)
	}
	return err
}

// digestOf returns the digest of everything that decides a proof's validity: the
// document's bytes and form, the proof, the stored contexts and the key. ok is
// false if the result must not be cached.
func (v *Verifier) digestOf(d *Document, p *Proof, key *Key) (sum [sha256.Size]byte, ok bool) {
	public, ok := keyBytes(key.Public)
	if v.memory == nil || !ok {
		return sum, false
	}
	h := sha256.New()
	var size [8]byte
	add := func(b []byte) { // the length prefix keeps part boundaries unambiguous
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

// keyBytes encodes a key unambiguously.
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
