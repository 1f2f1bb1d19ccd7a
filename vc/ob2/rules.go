package ob2

import (
	"regexp"
	"strings"

	"backpack/vc"
)

// A rule is what Open Badges 2.0 demands of one class (specs B1.1, B1.2).
type rule struct {
	name     string   // what it is called in a problem, with a space behind it
	types    []string // of which it has to have one
	required []string
	single   []string // members of which there may be one
}

var (
	assertionRule = rule{"", []string{"Assertion"},
		[]string{"id", "type", "recipient", "badge", "verification", "issuedOn"},
		[]string{"recipient", "badge", "verification", "issuedOn", "expires", "image"}}
	endorsementRule = rule{"endorsement ", []string{"Endorsement"},
		[]string{"id", "type", "claim", "issuer", "verification", "issuedOn"},
		[]string{"claim", "issuer", "verification", "issuedOn", "expires"}}
	classRule = rule{"badge ", []string{"BadgeClass"},
		[]string{"type", "name", "description", "criteria", "issuer"},
		[]string{"criteria", "issuer", "image"}}
	issuerRule = rule{"issuer ", []string{"Issuer", "Profile"},
		[]string{"type", "name", "url", "email"},
		[]string{"url", "email", "image", "verification"}}
)

// problems lists how v departs from the rule.
func (u rule) problems(v *vc.Value) []vc.Problem {
	out := missing(v, u.name, u.required)
	if present(v, "type") && !isType(v, u.types...) {
		out = append(out, wrong("the type of the "+nonEmpty(strings.TrimSpace(u.name), "badge")+" is "+strings.Join(member(v, "type").Strs(), ", ")))
	}
	for _, name := range u.single {
		if m := member(v, name); m.Is(vc.Array) && len(m.List()) > 1 {
			out = append(out, wrong("it has several "+u.name+name))
		}
	}
	return out
}

func wrong(detail string) vc.Problem { return vc.Problem{Reason: vc.ReasonWrongType, Detail: detail} }

func missing(v *vc.Value, where string, required []string) []vc.Problem {
	var out []vc.Problem
	for _, name := range required {
		if !present(v, name) {
			out = append(out, vc.Problem{Reason: vc.ReasonMissingMember, Detail: "the badge lacks " + where + name})
		}
	}
	return out
}

// problems lists how an assertion departs from the rules of its version. Those
// of 1.x said less, and what is missing in such a badge nobody can add now.
func problems(v *vc.Value, version string) []vc.Problem {
	switch version {
	case v20:
		return append(assertionRule.problems(v), assertionDetails(v)...)
	case v05:
		return missing(v, "", []string{"recipient", "badge"})
	}
	return missing(v, "", []string{"recipient", "badge", "verify", "issuedOn"})
}

// assertionDetails looks into the members of an assertion of 2.0.
func assertionDetails(v *vc.Value) []vc.Problem {
	var out []vc.Problem
	if present(v, "recipient") {
		out = recipientProblems(first(member(v, "recipient")))
	}
	if strings.HasPrefix(reference(v, "image"), "data:") {
		out = append(out, wrong("the picture of the award is written into it"))
	}
	return append(out, verificationProblems(v)...)
}

func verificationProblems(v *vc.Value) []vc.Problem {
	if present(v, "verification") && !isType(verification(v), "HostedBadge", "hosted", "SignedBadge", "signed") {
		return []vc.Problem{wrong("it does not say whether it is hosted or signed")}
	}
	return nil
}

var (
	hashLike = regexp.MustCompile(`^(sha256\$[0-9A-Fa-f]{64}|md5\$[0-9A-Fa-f]{32})$`) // sha1 was of 1.x
	mailLike = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
)

// recipientProblems judges an IdentityObject: hashed says whether it is a hash
// (specs B1.9).
func recipientProblems(r *vc.Value) []vc.Problem {
	out := missing(r, "recipient ", []string{"type", "identity", "hashed"})
	if present(r, "type") && !isType(r, "email", "url", "telephone", "id") {
		out = append(out, wrong("a recipient of type "+strings.Join(member(r, "type").Strs(), ", ")))
	}
	switch hashed := member(r, "hashed").Text(); {
	case len(out) > 0:
	case hashed != "true" && hashed != "false":
		out = append(out, wrong("hashed is neither true nor false"))
	case hashed == "true" != hashLike.MatchString(member(r, "identity").Str()):
		out = append(out, wrong("hashed does not say whether the recipient is hashed"))
	case hashed == "false" && isType(r, "email") && !mailLike.MatchString(member(r, "identity").Str()):
		out = append(out, wrong("the recipient's address is none of e-mail"))
	}
	return out
}

// classProblems judges a BadgeClass of 2.0.
func classProblems(v *vc.Value) []vc.Problem {
	out := classRule.problems(v)
	for _, c := range member(v, "criteria").List() {
		if c.Is(vc.Object) && !present(c, "id") && !present(c, "narrative") {
			out = append(out, vc.Problem{Reason: vc.ReasonMissingMember, Detail: "the criteria have neither id nor narrative"})
		}
	}
	if i := reference(v, "image"); strings.HasPrefix(i, "data:") && !strings.HasPrefix(i, "data:image/png") && !strings.HasPrefix(i, "data:image/svg+xml") {
		out = append(out, wrong("the picture is neither PNG nor SVG")) // specs B1.13
	}
	for _, a := range member(v, "alignment").List() {
		out = append(out, missing(a, "alignment ", []string{"targetName", "targetUrl"})...)
	}
	return out
}

// issuerProblems judges an Issuer or Profile of 2.0.
func issuerProblems(v *vc.Value) []vc.Problem {
	out := issuerRule.problems(v)
	if u := reference(v, "url"); u != "" && !hasScheme(u) {
		out = append(out, wrong("the issuer's url is none of the web"))
	}
	if m := member(v, "email").Str(); m != "" && !mailLike.MatchString(m) {
		out = append(out, wrong("the issuer's email is no e-mail address"))
	}
	return out
}
