package vc

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"
)

// Disclose returns an SD-JWT that shows less: of what can be left out, only
// what keep says by its JSON pointer into Claims, and what that stands in. The
// issuer's signature holds over it as before; a key binding, which was over all
// that was shown, is left out. The error of another form wraps ErrUnsupported.
func (d *Document) Disclose(keep func(pointer string) bool) (*Document, error) {
	if d.SD == nil {
		return nil, fmt.Errorf("show a part of a badge of form %s: %w", d.Form, ErrUnsupported)
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
		return nil, fmt.Errorf("show a part of a badge: %w", err)
	}
	less.Contexts = d.Contexts
	return less, nil
}

// A KeyBinding says for whom and when an SD-JWT is shown.
type KeyBinding struct {
	Audience string // who asked
	Nonce    string // what they sent, so that it cannot be shown to them again
	At       time.Time
}

// A KeyBinder is a Suite that shows SD-JWTs in their holder's name.
type KeyBinder interface {
	Suite
	// Bind returns an SD-JWT with a key binding (RFC 9901, 7.2): the holder's
	// signature over what is shown, in place of one that is there. The signer
	// must be the key in cnf.jwk; of a cnf that names a key otherwise, the
	// caller knows that. Errors wrap ErrUnsupported where there is nothing to
	// bind, ErrMalformed where it is bound to another key.
	Bind(ctx context.Context, d *Document, b KeyBinding, s Signer) ([]byte, error)
}

// Pointers returns a function for Disclose that keeps what the JSON pointers
// name, with all that stands in it.
func Pointers(pointers []string) func(pointer string) bool {
	return func(p string) bool {
		for _, want := range pointers {
			if want == "" || p == want || strings.HasPrefix(p, want+"/") {
				return true
			}
		}
		return false
	}
}
