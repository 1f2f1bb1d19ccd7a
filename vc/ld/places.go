package ld

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
)

// An RDF proof covers what is said of a node, not where: all places of one id
// are one node. Whoever holds a badge in which an id stands twice could move a
// member from one place to the other, say from the subject to something that
// nobody looks at, and the proof would hold. Hence one place, the first of a
// fixed order, has to say all that the others say too. What a badge says twice
// and differently, such as two pieces of evidence of one id, cannot be told
// apart in its statements, and is ErrAmbiguous.

// ErrAmbiguous is why a document is refused whose statements could stand in
// other places as well.
var ErrAmbiguous = vc.ErrAmbiguous

// A spot is a place where a node with an id stands.
type spot struct {
	id     string
	graph  rdfTerm
	inside int       // credentials around it, without the outermost
	object *vc.Value // nil where only the id stands
	path   []hop
}

const (
	credIssuer  = credNS + "issuer"
	endorsement = "EndorsementSubject"
)

// note remembers where a node stands.
func (r *run) note(self rdfTerm, g rdfTerm, object *vc.Value) {
	if r.mode.strict && self.kind == iriTerm && r.sealed == 0 {
		r.spots = append(r.spots, spot{self.value, g, r.inside, object, slices.Clone(r.path)})
	}
}

// enterCredential counts a credential within another, and returns what counts
// it off. One in a CLR that has a proof of its own is left alone: whoever moves
// a member into it or out of it breaks that proof.
func (r *run) enterCredential(x thing) (leave func()) {
	sealed := 0
	if x.at.prop == "verifiableCredential" && x.v.Get("proof") != nil {
		sealed = 1
	}
	r.inside++
	r.sealed += sealed
	return func() {
		r.inside--
		r.sealed -= sealed
	}
}

// isCredential reports whether an object is a credential, by its type alone.
func isCredential(v *vc.Value) bool {
	return slices.ContainsFunc(v.Get("type").Strs(), func(t string) bool { return strings.HasSuffix(t, "Credential") })
}

// once refuses a node that one property states twice: a reader of the list
// would count two. Names alone may be repeated.
func (r *run) once(m member, objects []rdfTerm) error {
	if !r.mode.strict || len(objects) < 2 || !m.v.Is(vc.Array) {
		return nil
	}
	described := slices.ContainsFunc(m.v.Items(), func(x vc.Value) bool { return x.Is(vc.Object) })
	seen := make(map[string]bool, len(objects))
	for _, o := range objects {
		if o.kind == iriTerm && described && seen[o.value] {
			return fmt.Errorf("%w: %s%s", ErrAmbiguous, r.where(), clip(o.value+" stands twice"))
		}
		seen[o.value] = o.kind == iriTerm || seen[o.value]
	}
	return nil
}

// settled checks every id that stands at more than one place.
func (r *run) settled() error {
	r.spots = slices.DeleteFunc(r.spots, spot.seals)
	slices.SortStableFunc(r.spots, spot.compare)
	for from := 0; from < len(r.spots); {
		to := from + 1
		for to < len(r.spots) && r.spots[to].id == r.spots[from].id && r.spots[to].graph == r.spots[from].graph {
			to++
		}
		if to > from+1 {
			if err := r.settle(r.spots[from:to]); err != nil {
				return err
			}
		}
		from = to
	}
	return nil
}

// compare orders spots by id, and those of one id such that the first one has
// to say everything: outside of further credentials, and as far out as can be.
func (s spot) compare(o spot) int {
	if c := cmp.Or(cmp.Compare(s.id, o.id), cmp.Compare(s.graph.value, o.graph.value), cmp.Compare(s.graph.blank, o.graph.blank),
		cmp.Compare(s.inside, o.inside), cmp.Compare(s.depth(), o.depth())); c != 0 {
		return c
	}
	return slices.CompareFunc(s.path, o.path, func(a, b hop) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), strings.Compare(a.name, b.name), cmp.Compare(a.index, b.index))
	})
}

// rank puts the issuer before everything else.
func (h hop) rank() int {
	if h.name == "issuer" {
		return 0
	}
	return 1
}

// depth counts the members on the way.
func (s spot) depth() int {
	n := 0
	for _, h := range s.path {
		if h.name != "" {
			n++
		}
	}
	return n
}

// settle demands that the first of all places of one id says all.
func (r *run) settle(all []spot) error {
	said := map[string]bool{}
	first := all[0]
	if err := r.say(said, first.object); err != nil {
		return err
	}
	for i, s := range all[1:] {
		if s.endorses() {
			if said[`type "`+endorsement+`"`] {
				return r.ambiguous(s, "endorsementComment")
			}
			continue
		}
		if contained(first, s) {
			continue
		}
		if together(first, s) {
			if err := r.join(said, all[:i+1], s); err != nil {
				return err
			}
			continue
		}
		if err := r.repeats(said, first, s); err != nil {
			return err
		}
	}
	return nil
}

// endorses reports whether nothing but an endorsement's comment stands there,
// which belongs nowhere else.
func (s spot) endorses() bool {
	if s.inside == 0 || s.object == nil || !slices.Equal(s.object.Get("type").Strs(), []string{endorsement}) {
		return false
	}
	for i := range s.object.Items() {
		switch s.object.Items()[i].Name() {
		case "id", "type", "endorsementComment":
		default:
			return false
		}
	}
	return true
}

// seals reports whether nothing but the digest of a resource stands there,
// which by its nature stands in another place too. Whoever moves the digest
// leaves a relatedResource without one behind, which is a fault of form.
func (s spot) seals() bool {
	i := len(s.path) - 1
	for i >= 0 && s.path[i].name == "" {
		i--
	}
	if i < 0 || s.path[i].name != "relatedResource" || s.object == nil {
		return false
	}
	for i := range s.object.Items() {
		switch s.object.Items()[i].Name() {
		case "id", "digestSRI", "digestMultibase", "mediaType":
		default:
			return false
		}
	}
	return true
}

// together reports whether two places of one id are read as one, whichever of
// them says what (vc.Parse): those of a person or an organisation, and those of
// an achievement and its criteria. An issuer that is its own learner moves
// things as it likes anyway.
func together(first, s spot) bool {
	a, b := first.member(), s.member()
	switch {
	case len(first.path) == 1 && len(s.path) == 1 && a == "issuer" && b == "credentialSubject":
		return true
	case isProfile(a) && isProfile(b):
		return true
	}
	return a == "achievement" && b == "criteria" && first.inside == s.inside
}

// member is the name under which a spot stands.
func (s spot) member() string {
	for i := len(s.path) - 1; i >= 0; i-- {
		if s.path[i].name != "" {
			return s.path[i].name
		}
	}
	return ""
}

func isProfile(member string) bool {
	return slices.Contains([]string{"issuer", "creator", "source", "parentOrg"}, member)
}

// contained reports whether s is the learner of an unsigned badge in a CLR, and
// first the learner of the CLR or of another badge in it. Two such badges could
// exchange what they say of the learner: whoever vouches for them sees to that.
func contained(first, s spot) bool {
	return (len(first.path) == 1 && first.member() == "credentialSubject" || first.inRecord()) && s.inRecord()
}

func (s spot) inRecord() bool {
	n := len(s.path)
	return n > 2 && s.path[n-1].name == "credentialSubject" && s.inside == 1 &&
		(s.path[n-2].name == "verifiableCredential" || n > 3 && s.path[n-3].name == "verifiableCredential") &&
		slices.Equal(s.object.Get("type").Strs(), []string{"AchievementSubject"})
}

// say enters what an object says.
func (r *run) say(said map[string]bool, object *vc.Value) error {
	return r.each(object, func(name, text string, _ *vc.Value) error {
		said[name+" "+text] = true
		return nil
	})
}

// many are the members of a person or an organisation that may be said in parts.
var many = []string{"type", "otherIdentifier", "endorsement", "endorsementJwt"}

// join enters what s says of an id that is read as one with the spots before it.
// Two answers to one question, such as two names, are for the holder to choose
// from, and nothing that could be shown.
func (r *run) join(said map[string]bool, before []spot, s spot) error {
	err := r.each(s.object, func(name, text string, _ *vc.Value) error {
		if said[name+" "+text] || slices.Contains(many, name) || s.member() == "credentialSubject" {
			return nil
		}
		if slices.ContainsFunc(before, func(o spot) bool { return o.object.Get(name) != nil && !o.object.Get(name).Is(vc.Null) }) {
			return r.ambiguous(s, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.say(said, s.object)
}

// repeats demands that s says only what was said. Whose place the outermost
// credential is may have types of its own, but none of a credential.
func (r *run) repeats(said map[string]bool, first, s spot) error {
	return r.each(s.object, func(name, text string, v *vc.Value) error {
		switch {
		case said[name+" "+text], name == "caption": // of a picture: each of its captions is the issuer's
			return nil
		case name == "type" && len(first.path) == 0 && !strings.HasSuffix(v.Str(), "Credential"):
			return nil
		}
		return r.ambiguous(s, name)
	})
}

// ambiguous reports what is said at s and not where it has to be.
func (r *run) ambiguous(s spot, name string) error {
	r.path = append(append(r.path[:0], s.path...), hop{name: name})
	err := fmt.Errorf("%w: %s%s", ErrAmbiguous, r.where(), clip("it is said of "+s.id+", which stands in another place too"))
	r.path = r.path[:0]
	return err
}

// each calls f with every value of every member, and its canonical text.
func (r *run) each(object *vc.Value, f func(name, text string, v *vc.Value) error) error {
	for i := range object.Items() {
		m := &object.Items()[i]
		if m.Name() == "id" || m.Name() == "@id" || m.Name() == "@context" || m.Name() == "proof" {
			continue
		}
		for _, x := range m.List() {
			text := JCS(nil, x)
			if err := r.meter.step(1 + len(text)/8); err != nil {
				return err
			}
			if err := f(m.Name(), string(text), x); err != nil {
				return err
			}
		}
	}
	return nil
}
