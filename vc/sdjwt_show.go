package vc

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// Disclose returns an SD-JWT with fewer disclosures: those for which keep returns
// true, given their JSON pointer into Claims, and the ones that contain them. The
// issuer's signature stays valid. A key binding is removed, since it covers the
// previous selection. The error for other forms wraps ErrUnsupported.
func (d *Document) Disclose(keep func(pointer string) bool) (*Document, error) {
	if d.SD == nil {
		return nil, fmt.Errorf("disclose part of a badge of form %s: %w", d.Form, ErrUnsupported)
	}
	list := d.SD.Disclosures
	kept := make([]bool, len(list))
	for i := range list {
		if keep(list[i].Pointer) {
			for j := i; j >= 0 && !kept[j]; j = list[j].Parent {
				kept[j] = true
			}
		}
	}
	jwt, _, _ := bytes.Cut(d.Raw, []byte("~"))
	out := append(bytes.Clone(jwt), '~')
	for i := range list {
		if kept[i] {
			out = append(append(out, list[i].Text...), '~')
		}
	}
	less, err := Parse(out)
	if err != nil {
		return nil, fmt.Errorf("disclose part of a badge: %w", err)
	}
	less.Contexts = d.Contexts
	return less, nil
}

// A KeyBinding says for whom and when an SD-JWT is presented.
type KeyBinding struct {
	Audience string // verifier
	Nonce    string // verifier's nonce, which prevents replay
	At       time.Time
}

// A KeyBinder is a Suite that makes key bindings for SD-JWTs.
type KeyBinder interface {
	Suite
	// Bind returns an SD-JWT with a key binding (RFC 9901, 7.2): the holder's
	// signature over what is disclosed. It replaces an existing one. The signer
	// must have the key in cnf.jwk; for any other kind of cnf, the caller checks
	// that. Errors wrap ErrUnsupported if there is nothing to bind, and
	// ErrMalformed if the SD-JWT is bound to another key.
	Bind(ctx context.Context, d *Document, b KeyBinding, s Signer) ([]byte, error)
}
