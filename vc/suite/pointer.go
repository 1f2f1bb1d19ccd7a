package suite

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"backpack/vc"
)

// A selection is the part of a document that JSON pointers select (ECDSA
// Cryptosuites 1.0, 3.4.13). Ancestors of selected values keep their id, type and
// @context, without which the part would mean something else.
type selection struct {
	v     *vc.Value
	whole bool               // all of v is selected
	kids  map[int]*selection // by index in v.Items()
}

// selectParts selects parts of a document, but never its proofs. An empty pointer
// selects everything. The error wraps vc.ErrMalformed and names a pointer that
// selects nothing, or vc.ErrTooLarge.
func selectParts(doc *vc.Value, pointers []string) (*selection, error) {
	if len(pointers) > maxPointers {
		return nil, fmt.Errorf("%w: %d JSON pointers, at most %d are allowed", vc.ErrTooLarge, len(pointers), maxPointers)
	}
	root := &selection{v: doc}
	for _, p := range pointers {
		if err := root.add(p); err != nil {
			return nil, err
		}
	}
	return root, nil
}

func (s *selection) add(pointer string) error {
	at := s
	tokens, err := pointerTokens(pointer)
	if err != nil {
		return err
	}
	at.begin()
	for i, token := range tokens {
		n, ok := indexOf(at.v, token)
		if !ok || i == 0 && token == "proof" {
			return fmt.Errorf("%w: the JSON pointer %.200q selects nothing", vc.ErrMalformed, pointer)
		}
		at = at.kid(n)
		at.begin()
	}
	if at != s {
		at.whole = true
		return nil
	}
	for i := range s.v.Items() {
		if s.v.Items()[i].Name() != "proof" {
			s.kid(i).whole = true
		}
	}
	return nil
}

// begin selects the members that identify the node.
func (s *selection) begin() {
	if !s.v.Is(vc.Object) {
		return
	}
	for i := range s.v.Items() {
		m := &s.v.Items()[i]
		switch m.Name() {
		case "@context", "id", "@id", "type", "@type":
			s.kid(i).whole = true
		}
	}
}

func (s *selection) kid(i int) *selection {
	if s.kids == nil {
		s.kids = map[int]*selection{}
	}
	k := s.kids[i]
	if k == nil {
		k = &selection{v: &s.v.Items()[i]}
		s.kids[i] = k
	}
	return k
}

// kept returns the indices of the selected items, in order.
func (s *selection) kept() []int { return slices.Sorted(maps.Keys(s.kids)) }

// append writes the selection as JSON. A completely selected value keeps its text.
func (s *selection) append(dst []byte) ([]byte, error) {
	if s.whole || !s.v.Is(vc.Object) && !s.v.Is(vc.Array) {
		return append(dst, s.v.Raw()...), nil
	}
	open, end := byte('{'), byte('}')
	if s.v.Is(vc.Array) {
		open, end = '[', ']'
	}
	dst = append(dst, open)
	for n, i := range s.kept() {
		if n > 0 {
			dst = append(dst, ',')
		}
		k := s.kids[i]
		if s.v.Is(vc.Object) {
			name, err := json.Marshal(k.v.Name())
			if err != nil {
				return nil, err
			}
			dst = append(append(dst, name...), ':')
		}
		var err error
		if dst, err = k.append(dst); err != nil {
			return nil, err
		}
	}
	return append(dst, end), nil
}

// origin converts a place in the selection, as returned by ld.Dataset, to the place
// in the document, where list items may have other indices.
func (s *selection) origin(place string) string {
	end := strings.LastIndexByte(place, '#')
	tokens, err := pointerTokens(place[:end])
	if err != nil {
		return ""
	}
	at := s
	for i, token := range tokens {
		if at == nil || at.whole {
			break
		}
		n, ok := indexOf(at.v, token)
		if at.v.Is(vc.Array) {
			kept := at.kept()
			if n, err = strconv.Atoi(token); err != nil || n >= len(kept) {
				return ""
			}
			n, ok = kept[n], true
			tokens[i] = strconv.Itoa(n)
		}
		if !ok {
			return ""
		}
		at = at.kids[n]
	}
	var b strings.Builder
	for _, token := range tokens {
		b.WriteString("/" + strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1"))
	}
	return b.String() + place[end:]
}

// pointerTokens splits a JSON pointer into tokens (RFC 6901, 3).
func pointerTokens(p string) ([]string, error) {
	if p == "" {
		return nil, nil
	}
	tokens := strings.Split(p, "/")
	bad := tokens[0] != "" || len(tokens) > 2*vc.MaxJSONDepth
	for i, t := range tokens {
		rest := strings.ReplaceAll(strings.ReplaceAll(t, "~0", ""), "~1", "")
		bad = bad || strings.Contains(rest, "~")
		tokens[i] = strings.ReplaceAll(strings.ReplaceAll(t, "~1", "/"), "~0", "~")
	}
	if bad {
		return nil, fmt.Errorf("%w: %.200q is not a JSON pointer", vc.ErrMalformed, p)
	}
	return tokens[1:], nil
}

// indexOf returns the index of the item of v that a token names.
func indexOf(v *vc.Value, token string) (int, bool) {
	if v.Is(vc.Array) {
		n, err := strconv.Atoi(token)
		return n, err == nil && strconv.Itoa(n) == token && n >= 0 && n < len(v.Items())
	}
	if !v.Is(vc.Object) {
		return 0, false
	}
	i := slices.IndexFunc(v.Items(), func(m vc.Value) bool { return m.Name() == token })
	return i, i >= 0
}
