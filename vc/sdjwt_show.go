package vc

import (
	"bytes"
	"fmt"
	"strings"
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
