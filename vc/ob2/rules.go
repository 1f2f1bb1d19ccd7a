package ob2

import (
	"regexp"
	"slices"
	"strings"

	"backpack/vc"
)

// A rule holds the requirements of Open Badges 2.0 for one class (specs B1.1, B1.2).
type rule struct {
	name     string   // its name in problems, with a space after it
	types    []string // it must have one of these
	required []string
	single   []string // members that must not be repeated
	expected []string // required members that cause only a remark if missing
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

// departures lists violations of the rules of a version. Problems make the meaning
// unclear or show a lack of care; remarks do not.
type departures struct{ problems, remarks []vc.Problem }

func (d *departures) problem(detail string) {
	d.problems = append(d.problems, vc.Problem{Reason: vc.ReasonWrongType, Detail: detail})
}

func (d *departures) remark(detail string) {
	d.remarks = append(d.remarks, vc.Problem{Reason: vc.ReasonWrongType, Detail: detail})
}

func (d *departures) missing(v *vc.Value, where string, required []string) {
	d.problems = append(d.problems, missing(v, where, required)...)
}

// append appends the departures of o.
func (d *departures) append(o departures) {
	d.problems, d.remarks = append(d.problems, o.problems...), append(d.remarks, o.remarks...)
}

// departures returns how v departs from the rule.
func (u rule) departures(v *vc.Value) departures {
	var d departures
	d.missing(v, u.name, u.required)
	d.remarks = missing(v, u.name, u.expected)
	what := nonEmpty(strings.TrimSpace(u.name), "badge")
	switch types := member(v, "type").Strs(); {
	case !present(v, "type"):
	case !isType(v, u.types...):
		d.problem("the type of the " + what + " is " + strings.Join(types, ", "))
	case !slices.ContainsFunc(types, func(t string) bool { return slices.Contains(u.types, localName(t)) }):
		d.remark("the type of the " + what + " is spelled " + strings.Join(types, ", "))
	}
	for _, name := range u.single {
		if m := member(v, name); m.Is(vc.Array) && len(m.List()) > 1 {
			d.problem("the badge has several values of " + u.name + name)
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

// assertionDepartures returns how an assertion departs from the rules of its version.
// Those of 1.x require less, as nobody can complete such a badge now.
func assertionDepartures(v *vc.Value, version string) departures {
	var d departures
	switch {
	case onChain(v): // has its own rules
	case version == v20:
		d = assertionRule.departures(v)
		d.details(v)
	case version == v05:
		d.missing(v, "", []string{"recipient", "badge"})
	default:
		d.missing(v, "", []string{"recipient", "badge", "verify", "issuedOn"})
		d.remarks = methodDepartures(v).remarks
	}
	return d
}

// details checks the members of an assertion of 2.0.
func (d *departures) details(v *vc.Value) {
	if present(v, "recipient") {
		d.recipient(first(member(v, "recipient")))
	}
	if strings.HasPrefix(reference(v, "image"), "data:") {
		d.remark("the image of the award is a data URL")
	}
	for _, name := range []string{"issuedOn", "expires"} {
		switch m := member(v, name); {
		case m.Is(vc.Number), unixTime.MatchString(m.Str()):
			d.remarks = append(d.remarks, vc.Problem{Reason: vc.ReasonDateFormat, Detail: name + " is a number of seconds"})
		case m != nil && name == "expires" && !present(v, name):
			d.remark("expires is empty")
		}
	}
	d.append(methodDepartures(v))
}

// methodDepartures checks how the assertion states its method of verification.
func methodDepartures(v *vc.Value) (d departures) {
	switch way, usual := methodOf(verification(v)); {
	case !present(v, "verification"):
	case way == "":
		d.problem("the badge does not state whether it is hosted or signed")
	case !usual:
		d.remark("the badge states in an unusual form that it is " + way)
	}
	return d
}

var (
	hashLike = regexp.MustCompile(`^[A-Za-z0-9-]{2,20}\$[0-9A-Fa-f]{32,128}$`)
	hashKind = regexp.MustCompile(`(?i)^(sha256\$[0-9a-f]{64}|md5\$[0-9a-f]{32})$`) // sha1 is allowed in 1.x only
	mailLike = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
	unixTime = regexp.MustCompile(`^[0-9]{5,14}(\.[0-9]+)?$`)
)

// recipient checks an IdentityObject. hashed states whether identity is a hash (specs
// B1.9); without it, a hash and an address can still be told apart.
func (d *departures) recipient(r *vc.Value) {
	lacks := missing(r, "recipient ", []string{"type", "identity"})
	if d.problems = append(d.problems, lacks...); len(lacks) > 0 {
		return
	}
	if !slices.ContainsFunc(member(r, "type").Strs(), func(t string) bool { return identityTypes[localName(t)] != "" }) {
		d.remark("the recipient has the unknown type " + strings.Join(member(r, "type").Strs(), ", "))
	}
	identity := member(r, "identity").Str()
	switch hashed, plain := hashedMember(r); {
	case !plain && hashed == "" && !hashLike.MatchString(identity) && !addressLike(r):
		d.problem("hashed does not match the identity of the recipient")
	case !plain:
		d.remark("hashed is not a boolean")
	case hashed == "true" != hashLike.MatchString(identity):
		d.problem("hashed does not match the identity of the recipient")
	case hashed == "true" && !hashKind.MatchString(identity):
		d.remark("the recipient is hashed with an algorithm of earlier versions")
	case hashed == "false" && isType(r, "email") && !mailLike.MatchString(identity):
		d.problem("the recipient's address is not an e-mail address")
	}
}

// classDepartures checks a BadgeClass of 2.0.
func classDepartures(v *vc.Value) departures {
	d := classRule.departures(v)
	for _, c := range member(v, "criteria").List() {
		if c.Is(vc.Object) && !present(c, "id") && !present(c, "narrative") {
			d.problems = append(d.problems, vc.Problem{Reason: vc.ReasonMissingMember, Detail: "the criteria have neither id nor narrative"})
		}
	}
	if i := reference(v, "image"); strings.HasPrefix(i, "data:") && !strings.HasPrefix(i, "data:image/png") && !strings.HasPrefix(i, "data:image/svg+xml") {
		d.remark("the image is neither PNG nor SVG") // specs B1.13
	}
	for _, a := range member(v, "alignment").List() {
		d.missing(a, "alignment ", []string{"targetName", "targetUrl"})
	}
	return d
}

// issuerDepartures checks an Issuer or Profile of 2.0. Contact data is not essential.
func issuerDepartures(v *vc.Value) departures {
	d := issuerRule.departures(v)
	if u := reference(v, "url"); u != "" && !hasScheme(u) {
		d.problem("the issuer's url is not a web address")
	}
	if m := member(v, "email").Str(); m != "" && !mailLike.MatchString(m) {
		d.remark("the issuer's email is not an e-mail address")
	}
	return d
}
