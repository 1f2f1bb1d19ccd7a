package ob2

import (
	"regexp"
	"slices"
	"strings"

	"backpack/vc"
)

// A rule is what Open Badges 2.0 demands of one class (specs B1.1, B1.2).
type rule struct {
	name     string   // what it is called in a problem, with a space behind it
	types    []string // of which it has to have one
	required []string
	single   []string // members of which there may be one
	wanted   []string // members that it has to have, and without which nothing is in doubt
}

var (
	assertionRule = rule{"", []string{"Assertion"},
		[]string{"id", "type", "recipient", "badge", "verification", "issuedOn"},
		[]string{"recipient", "badge", "verification", "issuedOn", "expires", "image"}, nil}
	endorsementRule = rule{"endorsement ", []string{"Endorsement"},
		[]string{"id", "type", "claim", "issuer", "verification", "issuedOn"},
		[]string{"claim", "issuer", "verification", "issuedOn", "expires"}, nil}
	classRule = rule{"badge ", []string{"BadgeClass"},
		[]string{"type", "name", "description", "criteria", "issuer"},
		[]string{"criteria", "issuer", "image"}, []string{"image"}}
	issuerRule = rule{"issuer ", []string{"Issuer", "Profile"},
		[]string{"type", "name", "url"},
		[]string{"url", "email", "image", "verification"}, []string{"email"}}
)

// departures are how a badge departs from what its version demands. Problems
// leave open what is meant, or whether it was made with care; remarks do not.
type departures struct{ problems, remarks []vc.Problem }

func (d *departures) wrong(detail string) {
	d.problems = append(d.problems, vc.Problem{Reason: vc.ReasonWrongType, Detail: detail})
}

func (d *departures) odd(detail string) {
	d.remarks = append(d.remarks, vc.Problem{Reason: vc.ReasonWrongType, Detail: detail})
}

func (d *departures) missing(v *vc.Value, where string, required []string) {
	d.problems = append(d.problems, missing(v, where, required)...)
}

// and adds what else was found.
func (d *departures) and(o departures) {
	d.problems, d.remarks = append(d.problems, o.problems...), append(d.remarks, o.remarks...)
}

// departures lists how v departs from the rule.
func (u rule) departures(v *vc.Value) departures {
	var d departures
	d.missing(v, u.name, u.required)
	d.remarks = missing(v, u.name, u.wanted)
	what := nonEmpty(strings.TrimSpace(u.name), "badge")
	switch types := member(v, "type").Strs(); {
	case !present(v, "type"):
	case !isType(v, u.types...):
		d.wrong("the type of the " + what + " is " + strings.Join(types, ", "))
	case !slices.ContainsFunc(types, func(t string) bool { return slices.Contains(u.types, localName(t)) }):
		d.odd("the type of the " + what + " is written " + strings.Join(types, ", "))
	}
	for _, name := range u.single {
		if m := member(v, name); m.Is(vc.Array) && len(m.List()) > 1 {
			d.wrong("it has several " + u.name + name)
		}
	}
	return d
}

func missing(v *vc.Value, where string, required []string) []vc.Problem {
	var out []vc.Problem
	for _, name := range required {
		if !present(v, name) {
			out = append(out, vc.Problem{Reason: vc.ReasonMissingMember, Detail: "the badge lacks " + where + name})
		}
	}
	return out
}

// assertionDepartures lists how an assertion departs from the rules of its
// version. Those of 1.x said less, and what is missing in such a badge nobody
// can add now.
func assertionDepartures(v *vc.Value, version string) departures {
	var d departures
	switch {
	case onChain(v): // which has rules of its own
	case version == v20:
		d = assertionRule.departures(v)
		d.details(v)
	case version == v05:
		d.missing(v, "", []string{"recipient", "badge"})
	default:
		d.missing(v, "", []string{"recipient", "badge", "verify", "issuedOn"})
		d.remarks = way(v).remarks
	}
	return d
}

// details looks into the members of an assertion of 2.0.
func (d *departures) details(v *vc.Value) {
	if present(v, "recipient") {
		d.recipient(first(member(v, "recipient")))
	}
	if strings.HasPrefix(reference(v, "image"), "data:") {
		d.odd("the picture of the award is written into it")
	}
	for _, name := range []string{"issuedOn", "expires"} {
		switch m := member(v, name); {
		case m.Is(vc.Number), unixTime.MatchString(m.Str()):
			d.remarks = append(d.remarks, vc.Problem{Reason: vc.ReasonDateFormat, Detail: name + " counts seconds"})
		case m != nil && name == "expires" && !present(v, name):
			d.odd("it says nothing under expires")
		}
	}
	d.and(way(v))
}

// way judges how the assertion says that it is to be verified.
func way(v *vc.Value) (d departures) {
	switch way, usual := wayOf(verification(v)); {
	case !present(v, "verification"):
	case way == "":
		d.wrong("it does not say whether it is hosted or signed")
	case !usual:
		d.odd("it writes that it is " + way + " in a way of its own")
	}
	return d
}

var (
	hashLike = regexp.MustCompile(`^[A-Za-z0-9-]{2,20}\$[0-9A-Fa-f]{32,128}$`)
	hashKind = regexp.MustCompile(`(?i)^(sha256\$[0-9a-f]{64}|md5\$[0-9a-f]{32})$`) // sha1 was of 1.x
	mailLike = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
	unixTime = regexp.MustCompile(`^[0-9]{5,14}(\.[0-9]+)?$`)
)

// recipient judges an IdentityObject: hashed says whether it is a hash (specs
// B1.9). A hash and an address can be told apart without it.
func (d *departures) recipient(r *vc.Value) {
	lacks := missing(r, "recipient ", []string{"type", "identity"})
	if d.problems = append(d.problems, lacks...); len(lacks) > 0 {
		return
	}
	if !slices.ContainsFunc(member(r, "type").Strs(), func(t string) bool { return identityTypes[localName(t)] != "" }) {
		d.odd("a recipient of type " + strings.Join(member(r, "type").Strs(), ", "))
	}
	identity := member(r, "identity").Str()
	switch hashed, plain := hashedSays(r); {
	case !plain && hashed == "" && !hashLike.MatchString(identity) && !addressLike(r):
		d.wrong("hashed does not say whether the recipient is hashed")
	case !plain:
		d.odd("it does not say plainly whether the recipient is hashed")
	case hashed == "true" != hashLike.MatchString(identity):
		d.wrong("hashed does not say whether the recipient is hashed")
	case hashed == "true" && !hashKind.MatchString(identity):
		d.odd("the recipient is hashed in a way of earlier badges")
	case hashed == "false" && isType(r, "email") && !mailLike.MatchString(identity):
		d.wrong("the recipient's address is none of e-mail")
	}
}

// classDepartures judges a BadgeClass of 2.0.
func classDepartures(v *vc.Value) departures {
	d := classRule.departures(v)
	for _, c := range member(v, "criteria").List() {
		if c.Is(vc.Object) && !present(c, "id") && !present(c, "narrative") {
			d.problems = append(d.problems, vc.Problem{Reason: vc.ReasonMissingMember, Detail: "the criteria have neither id nor narrative"})
		}
	}
	if i := reference(v, "image"); strings.HasPrefix(i, "data:") && !strings.HasPrefix(i, "data:image/png") && !strings.HasPrefix(i, "data:image/svg+xml") {
		d.odd("the picture is neither PNG nor SVG") // specs B1.13
	}
	for _, a := range member(v, "alignment").List() {
		d.missing(a, "alignment ", []string{"targetName", "targetUrl"})
	}
	return d
}

// issuerDepartures judges an Issuer or Profile of 2.0. How to reach it is not
// what anything rests on.
func issuerDepartures(v *vc.Value) departures {
	d := issuerRule.departures(v)
	if u := reference(v, "url"); u != "" && !hasScheme(u) {
		d.wrong("the issuer's url is none of the web")
	}
	if m := member(v, "email").Str(); m != "" && !mailLike.MatchString(m) {
		d.odd("the issuer's email is no e-mail address")
	}
	return d
}
