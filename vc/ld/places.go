package ld

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
)

// An RDF proof covers what is stated about a node, but not where: all objects with the
// same id are one node. A holder of a badge that contains an id twice could move a
// member from one place to the other, say from the subject to a place that no reader
// looks at, and the proof would still hold. Therefore the first place, in a fixed
// order, must state everything that the others state. If the places state different
// things, such as two pieces of evidence with the same id, the statements do not tell
// them apart, and the document is ErrAmbiguous.

// ErrAmbiguous is the error for a document with members that could be at another place
// without a change to its statements.
var ErrAmbiguous = vc.ErrAmbiguous

// A spot is a place of a node with an id.
type spot struct {
	id     string
	graph  rdfTerm
	inside int       // number of enclosing credentials, without the outermost
	object *vc.Value // nil if the value is only an id
	path   []hop
}

const (
	credIssuer  = credNS + "issuer"
	endorsement = "EndorsementSubject"
)

// noteSpot records the place of a node.
func (r *run) noteSpot(self rdfTerm, g rdfTerm, object *vc.Value) {
	if r.mode.strict && self.kind == iriTerm && r.signed == 0 {
		r.spots = append(r.spots, spot{self.value, g, r.inside, object, slices.Clone(r.path)})
	}
}

// enterCredential counts a nested credential; leave undoes it. Nodes in a credential
// of a CLR that has its own proof are not recorded: moving a member into or out of it
// breaks that proof.
func (r *run) enterCredential(x frame) (leave func()) {
	sealed := 0
	if x.at.prop == "verifiableCredential" && x.v.Get("proof") != nil {
		sealed = 1
	}
	r.inside++
	r.signed += sealed
	return func() {
		r.inside--
		r.signed -= sealed
	}
}

// isCredential reports whether the type of an object is that of a credential.
func isCredential(v *vc.Value) bool {
	return slices.ContainsFunc(v.Get("type").Strs(), func(t string) bool { return strings.HasSuffix(t, "Credential") })
}

// checkRepeatedNode returns an error if one property has the same described node twice, as a reader
// of the JSON would count two. Plain ids may repeat.
func (r *run) checkRepeatedNode(m member, objects []rdfTerm) error {
	if !r.mode.strict || len(objects) < 2 || !m.v.Is(vc.Array) {
		return nil
	}
	described := slices.ContainsFunc(m.v.Items(), func(x vc.Value) bool { return x.Is(vc.Object) })
	seen := make(map[string]bool, len(objects))
	for _, o := range objects {
		if o.kind == iriTerm && described && seen[o.value] {
			return fmt.Errorf("%w: %s%s", ErrAmbiguous, r.where(), clip(o.value+" appears twice"))
		}
		seen[o.value] = o.kind == iriTerm || seen[o.value]
	}
	return nil
}

// checkPlaces checks every id with more than one place.
func (r *run) checkPlaces() error {
	r.spots = slices.DeleteFunc(r.spots, spot.isDigest)
	slices.SortStableFunc(r.spots, spot.compare)
	for from := 0; from < len(r.spots); {
		to := from + 1
		for to < len(r.spots) && r.spots[to].id == r.spots[from].id && r.spots[to].graph == r.spots[from].graph {
			to++
		}
		if to > from+1 {
			if err := r.checkSpots(r.spots[from:to]); err != nil {
				return err
			}
		}
		from = to
	}
	return nil
}

// compare orders spots by id, then by depth, so that the first spot of an id, which
// must state everything, is outside of nested credentials and as close to the root as
// possible.
func (s spot) compare(o spot) int {
	if c := cmp.Or(cmp.Compare(s.id, o.id), cmp.Compare(s.graph.value, o.graph.value), cmp.Compare(s.graph.blank, o.graph.blank),
		cmp.Compare(s.inside, o.inside), cmp.Compare(s.depth(), o.depth())); c != 0 {
		return c
	}
	return slices.CompareFunc(s.path, o.path, func(a, b hop) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), strings.Compare(a.name, b.name), cmp.Compare(a.index, b.index))
	})
}

// rank sorts the issuer before everything else.
func (h hop) rank() int {
	if h.name == "issuer" {
		return 0
	}
	return 1
}

// depth returns the number of members on the path.
func (s spot) depth() int {
	n := 0
	for _, h := range s.path {
		if h.name != "" {
			n++
		}
	}
	return n
}

// checkSpots returns an error unless the first place of an id states everything.
func (r *run) checkSpots(all []spot) error {
	said := map[string]bool{}
	first := all[0]
	if err := r.addSaid(said, first.object); err != nil {
		return err
	}
	for i, s := range all[1:] {
		if s.isEndorsement() {
			if said[`type "`+endorsement+`"`] {
				return r.ambiguous(s, "endorsementComment")
			}
			continue
		}
		if unsignedInCLR(first, s) {
			continue
		}
		if readAsOne(first, s) {
			if err := r.merge(said, all[:i+1], s); err != nil {
				return err
			}
			continue
		}
		if err := r.checkRepeats(said, first, s); err != nil {
			return err
		}
	}
	return nil
}

// isEndorsement reports whether s has nothing but an endorsement's comment, which cannot be
// moved anywhere else.
func (s spot) isEndorsement() bool {
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

// isDigest reports whether s has nothing but the digest of a resource, whose id is
// normally used at another place too. If a holder moves the digest, the
// relatedResource has none left, which the schema check reports.
func (s spot) isDigest() bool {
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

// readAsOne reports whether a reader merges two places of one id, so that it does not
// matter which states what (vc.Parse): two places of a person or an organization, or
// an achievement and its criteria. An issuer that is its own learner controls both
// places anyway.
func readAsOne(first, s spot) bool {
	a, b := first.member(), s.member()
	switch {
	case len(first.path) == 1 && len(s.path) == 1 && a == "issuer" && b == "credentialSubject":
		return true
	case isProfile(a) && isProfile(b):
		return true
	}
	return a == "achievement" && b == "criteria" && first.inside == s.inside
}

// member returns the name of the member that holds s.
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

// unsignedInCLR reports whether s is the learner of an unsigned badge in a CLR, and first
// is the learner of the CLR or of another badge in it. Such badges could swap
// statements about the learner; the verifier of the CLR accounts for that.
func unsignedInCLR(first, s spot) bool {
	return (len(first.path) == 1 && first.member() == "credentialSubject" || first.inRecord()) && s.inRecord()
}

func (s spot) inRecord() bool {
	n := len(s.path)
	return n > 2 && s.path[n-1].name == "credentialSubject" && s.inside == 1 &&
		(s.path[n-2].name == "verifiableCredential" || n > 3 && s.path[n-3].name == "verifiableCredential") &&
		slices.Equal(s.object.Get("type").Strs(), []string{"AchievementSubject"})
}

// addSaid adds the members of object to said.
func (r *run) addSaid(said map[string]bool, object *vc.Value) error {
	return r.each(object, func(name, text string, _ *vc.Value) error {
		said[name+" "+text] = true
		return nil
	})
}

// mergeable lists the members of a person or an organization that several places may share
// out.
var mergeable = []string{"type", "otherIdentifier", "endorsement", "endorsementJwt"}

// merge adds the members of s, which a reader merges with the spots before it. Two
// values of one member, such as two names, would let the holder choose, so they are an
// error.
func (r *run) merge(said map[string]bool, before []spot, s spot) error {
	err := r.each(s.object, func(name, text string, _ *vc.Value) error {
		if said[name+" "+text] || slices.Contains(mergeable, name) || s.member() == "credentialSubject" {
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
	return r.addSaid(said, s.object)
}

// checkRepeats returns an error if s states anything new. A place of the outermost
// credential may add types, but not those of a credential.
func (r *run) checkRepeats(said map[string]bool, first, s spot) error {
	return r.each(s.object, func(name, text string, v *vc.Value) error {
		switch {
		case said[name+" "+text], name == "caption": // of an image: every caption is the issuer's
			return nil
		case name == "type" && len(first.path) == 0 && !strings.HasSuffix(v.Str(), "Credential"):
			return nil
		}
		return r.ambiguous(s, name)
	})
}

// ambiguous returns the error for a member of s that the first place lacks.
func (r *run) ambiguous(s spot, name string) error {
	r.path = append(append(r.path[:0], s.path...), hop{name: name})
	err := fmt.Errorf("%w: %s%s", ErrAmbiguous, r.where(), clip("this is stated about "+s.id+", which is also at another place"))
	r.path = r.path[:0]
	return err
}

// each calls f with every value of every member and its canonical text.
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
