package vc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A place is a position in the payload. Its pointer is only built for disclosures,
// since names can be long and values many.
type place struct {
	up     *place
	name   string // member name; "" for an element
	index  int
	parent int // enclosing disclosure
	depth  int
}

func (p *place) in(name string, index, parent int) *place {
	return &place{up: p, name: name, index: index, parent: parent, depth: p.depth + 1}
}

// pointer returns the JSON pointer (RFC 6901) to the place, or ErrTooLarge.
func (p *place) pointer() (string, error) {
	var parts []string
	size := 0
	for ; p.up != nil; p = p.up {
		part := strconv.Itoa(p.index)
		if p.index < 0 {
			part = p.name
		}
		if size += 1 + len(part); size > maxPointer {
			return "", fmt.Errorf("%w: more than %d bytes of names around a disclosure", ErrTooLarge, maxPointer)
		}
		parts = append(parts, strings.NewReplacer("~", "~0", "/", "~1").Replace(part))
	}
	slices.Reverse(parts)
	return "/" + strings.Join(parts, "/"), nil
}

// A discloser applies disclosures to the payload.
type discloser struct {
	s     *SDJWT
	index map[string]int // disclosures by digest
	met   map[string]bool
	used  []bool
	n     int // values read so far
}

// value returns v with disclosures applied. An unchanged value keeps its text.
func (r *discloser) value(v *Value, at *place) (Value, error) {
	if r.n++; r.n > MaxJSONValues {
		return Value{}, fmt.Errorf("%w: more than %d JSON values", ErrTooLarge, MaxJSONValues)
	}
	if len(v.kids) > 0 && at.depth >= MaxJSONDepth {
		return Value{}, fmt.Errorf("%w: JSON nested deeper than %d", ErrTooLarge, MaxJSONDepth)
	}
	switch v.kind {
	case Array:
		return r.array(v, at)
	case Object:
		return r.object(v, at)
	}
	return *v, nil
}

// array replaces digest elements by their disclosures, or removes them.
func (r *discloser) array(v *Value, at *place) (Value, error) {
	out := Value{kind: Array, name: v.name, kids: make([]Value, 0, len(v.kids))}
	changed := false
	for i := range v.kids {
		item, parent := &v.kids[i], at.parent
		if digest := item.Get(reservedName); digest != nil {
			changed = true
			found, err := r.element(item, digest, at)
			if err != nil {
				return out, err
			}
			if found < 0 {
				continue
			}
			item, parent = &r.s.Disclosures[found].body.kids[1], found
		}
		to := at.in("", len(out.kids), parent)
		if parent != at.parent {
			if err := r.placed(parent, to, at.parent); err != nil {
				return out, err
			}
		}
		kid, err := r.value(item, to)
		if err != nil {
			return out, err
		}
		changed = changed || kid.raw == ""
		out.kids = append(out.kids, kid)
	}
	return r.done(v, out, changed), nil
}

// element returns the index of an array element's disclosure, or -1.
func (r *discloser) element(item, digest *Value, at *place) (int, error) {
	if len(item.kids) != 1 || !digest.Is(String) {
		return -1, malformed("a hidden element must have ... and a digest only")
	}
	found, err := r.find(digest.Text())
	if err == nil && found >= 0 && len(r.s.Disclosures[found].body.kids) != 2 {
		err = malformed("disclosure %d has a name but replaces a list element", found+1)
	}
	if err == nil && found < 0 {
		r.hide(at)
	}
	return found, err
}

// object appends disclosed members, in the order of the disclosures.
func (r *discloser) object(v *Value, at *place) (Value, error) {
	out := Value{kind: Object, name: v.name, kids: make([]Value, 0, len(v.kids))}
	changed := false
	for i := range v.kids {
		item := &v.kids[i]
		switch name := item.name; {
		case name == reservedName:
			return out, malformed("the member ... is outside a list")
		case name == "_sd_alg" && at.depth > 0:
			return out, malformed("_sd_alg is not at the top level of the payload")
		case name == "_sd", name == "_sd_alg":
			changed = true
			continue
		}
		kid, err := r.value(item, at.in(item.name, -1, at.parent))
		if err != nil {
			return out, err
		}
		changed = changed || kid.raw == ""
		out.kids = append(out.kids, kid)
	}
	found, err := r.members(v.Get("_sd"), at)
	if err != nil {
		return out, err
	}
	if err := r.addMembers(&out, found, at); err != nil {
		return out, err
	}
	return r.done(v, out, changed), nil
}

// members returns the disclosures listed in _sd, in their order.
func (r *discloser) members(sd *Value, at *place) ([]int, error) {
	if sd == nil {
		return nil, nil
	}
	if !sd.Is(Array) {
		return nil, malformed("_sd is not a list of digests")
	}
	var found []int
	for i := range sd.kids {
		if !sd.kids[i].Is(String) {
			return nil, malformed("_sd is not a list of digests")
		}
		switch d, err := r.find(sd.kids[i].text); {
		case err != nil:
			return nil, err
		case d >= 0:
			found = append(found, d)
		default:
			r.hide(at)
		}
	}
	slices.Sort(found)
	return found, nil
}

// hide counts an undisclosed part, at the top level or inside a member.
func (r *discloser) hide(at *place) {
	r.s.Hidden++
	top := 0 // depth of the credential's own members
	if r.s.wrapped() != "" {
		top = 1
	}
	if at.depth == 0 || at.depth == top && at.name == r.s.wrapped() {
		r.s.HiddenTop++
		return
	}
	for at.depth > top+1 {
		at = at.up
	}
	if r.s.hiddenIn == nil {
		r.s.hiddenIn = map[string]bool{}
	}
	r.s.hiddenIn[at.name] = true
}

// addMembers adds disclosed members to an object.
func (r *discloser) addMembers(out *Value, found []int, at *place) error {
	if len(found) == 0 {
		return nil
	}
	names := map[string]bool{"_sd": true, "_sd_alg": true, reservedName: true}
	for i := range out.kids {
		names[out.kids[i].name] = true
	}
	for _, i := range found {
		body := r.s.Disclosures[i].body
		if len(body.kids) != 3 {
			return malformed("disclosure %d has no name but adds a member", i+1)
		}
		name := body.kids[1].text
		if names[name] {
			return malformed("disclosure %d has the existing or reserved name %.60q", i+1, name)
		}
		names[name] = true
		to := at.in(name, -1, i)
		if err := r.placed(i, to, at.parent); err != nil {
			return err
		}
		kid, err := r.value(&body.kids[2], to)
		if err != nil {
			return err
		}
		out.kids = append(out.kids, kid.Named(name))
	}
	return nil
}

// find returns the index of a digest's disclosure, or -1. A digest must not occur
// twice.
func (r *discloser) find(digest string) (int, error) {
	if r.met[digest] {
		return -1, malformed("duplicate digest %.60q", digest)
	}
	r.met[digest] = true
	i, ok := r.index[digest]
	if !ok {
		return -1, nil
	}
	r.used[i] = true
	return i, nil
}

// placed records the place of a disclosure.
func (r *discloser) placed(i int, at *place, parent int) (err error) {
	d := &r.s.Disclosures[i]
	d.Parent = parent
	d.Pointer, err = at.pointer()
	return err
}

// done returns v if nothing changed, else out, whose text write fills in.
func (r *discloser) done(v *Value, out Value, changed bool) Value {
	if !changed {
		return *v
	}
	return out
}

// write gives every value without text a part of one new text. Signed values keep
// their text as written.
func (v *Value) write() {
	type span struct {
		v        *Value
		from, to int
	}
	var b strings.Builder
	var spans []span
	var walk func(v *Value)
	walk = func(v *Value) {
		if v.raw != "" {
			b.WriteString(v.raw)
			return
		}
		from := b.Len()
		open, end := "[", "]"
		if v.kind == Object {
			open, end = "{", "}"
		}
		b.WriteString(open)
		for i := range v.kids {
			if i > 0 {
				b.WriteByte(',')
			}
			if v.kind == Object {
				b.WriteString(quote(v.kids[i].name) + ":")
			}
			walk(&v.kids[i])
		}
		b.WriteString(end)
		spans = append(spans, span{v, from, b.Len()})
	}
	walk(v)
	text := b.String()
	for _, s := range spans {
		s.v.raw = text[s.from:s.to]
	}
}
