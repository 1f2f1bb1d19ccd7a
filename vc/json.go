package vc

import "iter"

// Limits of ParseJSON. They admit a CLR with embedded images.
const (
	MaxJSONBytes  = 10 << 20
	MaxJSONDepth  = 64
	MaxJSONValues = 200_000
)

// A Kind is one of the six kinds of JSON value.
type Kind uint8

// The kinds. The zero Value is null.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

func (k Kind) String() string {
	return [...]string{"null", "true or false", "a number", "text", "a list", "an object"}[k]
}

// A Value is one value of a strictly parsed JSON text. It is immutable and
// safe for concurrent use. All methods accept a nil receiver, which stands for
// an absent value, so look-ups can be chained.
type Value struct {
	kind Kind
	name string  // the member's name when the value is a member of an object
	text string  // a string's decoded text; other scalars as written
	raw  string  // the value exactly as written
	kids []Value // items or members, in document order
}

// Kind returns the value's kind; Null if absent.
func (v *Value) Kind() Kind {
	if v == nil {
		return Null
	}
	return v.kind
}

// Is reports whether the value is present and of kind k.
func (v *Value) Is(k Kind) bool { return v != nil && v.kind == k }

// Name returns the value's member name in its object.
func (v *Value) Name() string {
	if v == nil {
		return ""
	}
	return v.name
}

// Text returns the decoded text of a string, or a number, true, false or null
// as written. It is empty for arrays, objects and absent values.
func (v *Value) Text() string {
	if v == nil {
		return ""
	}
	return v.text
}

// Str returns the text if the value is a string, else "".
func (v *Value) Str() string {
	if v.Is(String) {
		return v.text
	}
	return ""
}

// Raw returns the value exactly as written.
func (v *Value) Raw() string {
	if v == nil {
		return ""
	}
	return v.raw
}

// Items returns the items of an array or the members of an object, in order. The
// caller must not modify the slice.
func (v *Value) Items() []Value {
	if v == nil {
		return nil
	}
	return v.kids
}

// Get returns the member called name, or nil.
func (v *Value) Get(name string) *Value {
	if v == nil || v.kind != Object {
		return nil
	}
	for i := range v.kids {
		if v.kids[i].name == name {
			return &v.kids[i]
		}
	}
	return nil
}

// List returns the items of an array, any other value as a single item, and nil for
// an absent value: JSON-LD's one-or-many.
func (v *Value) List() []*Value {
	if v == nil {
		return nil
	}
	if v.kind != Array {
		return []*Value{v}
	}
	out := make([]*Value, len(v.kids))
	for i := range v.kids {
		out[i] = &v.kids[i]
	}
	return out
}

// Each yields the items of List except null, which states nothing in JSON-LD.
func (v *Value) Each() iter.Seq[*Value] {
	return func(yield func(*Value) bool) {
		switch {
		case v == nil || v.kind == Null:
		case v.kind != Array:
			yield(v)
		default:
			for i := range v.kids {
				if x := &v.kids[i]; x.kind != Null && !yield(x) {
					return
				}
			}
		}
	}
}

// Count returns the number of values Each yields.
func (v *Value) Count() (n int) {
	for range v.Each() {
		n++
	}
	return n
}

// Stated returns the member called name, or nil if it states nothing: absent, null
// or an empty list.
func (v *Value) Stated(name string) *Value {
	m := v.Get(name)
	if m.States() {
		return m
	}
	return nil
}

// States reports whether the value is present and neither null nor an empty list.
func (v *Value) States() bool { return v.Count() > 0 }

// One returns the single value of the member called name; in JSON-LD it may stand
// in a list. A list with several values has no order in JSON-LD, so One picks the
// value whose text or id sorts first, or returns nil if the values have neither.
func (v *Value) One(name string) *Value {
	m := v.Get(name)
	if !m.Is(Array) {
		return m
	}
	return m.single()
}

// single is One for the value itself.
func (v *Value) single() *Value {
	alone := v.Count() == 1
	var first *Value
	for x := range v.Each() {
		if alone {
			return x
		}
		switch text := x.sortText(); {
		case text == "" || x.Is(Array):
			return nil
		case first == nil || text < first.sortText():
			first = x
		}
	}
	return first
}

// sortText returns the text by which One sorts.
func (v *Value) sortText() string {
	if v.Is(Object) {
		return v.Get("id").Str()
	}
	return v.text
}

// Word returns the text of a string, number or boolean, else "".
func (v *Value) Word() string {
	if v.Kind() == Null {
		return ""
	}
	return v.text
}

// Strs returns the texts of the strings in List.
func (v *Value) Strs() []string {
	switch {
	case v.Is(String):
		return []string{v.text}
	case !v.Is(Array) || len(v.kids) == 0:
		return nil
	}
	out := make([]string, 0, len(v.kids))
	for i := range v.kids {
		if v.kids[i].kind == String {
			out = append(out, v.kids[i].text)
		}
	}
	return out
}

// With returns a copy of the object without the named members and with others
// appended, in order. It shares members with v and has no Raw.
func (v *Value) With(without []string, members ...Value) *Value {
	out := &Value{kind: Object, name: v.Name()}
	out.kids = make([]Value, 0, len(v.Items())+len(members))
	for i := range v.Items() {
		if !has(without, v.kids[i].name) {
			out.kids = append(out.kids, v.kids[i])
		}
	}
	out.kids = append(out.kids, members...)
	return out
}

// Named returns the value as a member called name.
func (v *Value) Named(name string) Value {
	out := *v
	out.name = name
	return out
}
