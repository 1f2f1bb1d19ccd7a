package vc

import (
	"fmt"
	"time"
)

// claimSkew is how far the beginning of validity in a JWT's claims may lie from
// the credential's own: issuers whose clocks differ from others' put it back a
// little.
const claimSkew = 5 * time.Minute

// claims compares a JWT's registered claims with the members that they stand
// for (specs A5.4, A5.5, D5.2), and returns where they say something else. One
// that is missing takes nothing away from what is signed, and is a remark.
func (c *check) claims() (out []Problem) {
	j := c.d.jose()
	if j == nil {
		return nil
	}
	differs := func(detail string) {
		if detail != "" {
			out = append(out, Problem{Reason: ReasonClaimsMismatch, Detail: detail})
		}
	}
	if c.d.Presentation != nil {
		differs(c.otherIss(c.d.Presentation.Holder))
		return out
	}
	cred := c.d.Credential
	differs(c.otherIss(cred.Issuer.ID))
	if c.d.Form == SDJWTVC { // whose claims are the credential
		return out
	}
	c.warnMissing("iss", j.Iss, cred.Issuer.ID)
	for _, x := range []struct {
		name, want string
		claim      *Value
	}{{"jti", cred.ID, j.Jti}, {"sub", cred.Subject.ID, j.Sub}} {
		differs(sameText(x.name, x.claim, x.want))
		c.warnMissing(x.name, x.claim, x.want)
	}
	for _, x := range []struct {
		name  string
		want  Moment
		claim *Value
	}{{"nbf", cred.ValidFrom, j.Nbf}, {"exp", cred.ValidUntil, j.Exp}} {
		differs(c.sameTime(x.name, x.claim, x.want))
		c.warnMissing(x.name, x.claim, x.want.Text)
	}
	return out
}

// otherIss tells where a JWT names somebody else than the controller as who
// made it, in its claims or in its header; "" when it does not.
func (c *check) otherIss(controller string) string {
	j := c.d.jose()
	if j == nil {
		return ""
	}
	if detail := sameText("iss in the header", j.Header.Get("iss"), controller); detail != "" || c.d.Form == SDJWTVC {
		return detail
	}
	return sameText("iss", j.Iss, controller)
}

func sameText(name string, claim *Value, want string) string {
	if claim == nil || claim.Is(String) && claim.Text() == want {
		return ""
	}
	return fmt.Sprintf("%s is %.200s, the credential says %.200q", name, claim.Raw(), want)
}

// sameTime compares at whole seconds. exp may differ, since it sets the end of
// validity itself; in VC-JOSE-COSE both bound the signature, not the claims.
func (c *check) sameTime(name string, claim *Value, want Moment) string {
	if claim == nil || want.Time.IsZero() || name == "exp" || !c.bothSay() {
		return ""
	}
	t, ok := numericDate(claim)
	detail := fmt.Sprintf("%s is %.40s, the credential says %.40q", name, claim.Raw(), want.Text)
	switch {
	case ok && t.Unix() == want.Time.Unix():
		return ""
	case ok && t.Sub(want.Time).Abs() <= claimSkew:
		c.warn(ReasonClaimsNear, detail)
		return ""
	}
	return detail
}

// bothSay reports whether the claims stand for members of the credential, as in
// the JWTs of data model 1.1 and of Open Badges.
func (c *check) bothSay() bool { return c.d.Form == JWT || c.d.Form == SDJWTVCDM && c.d.jose().Wrapped }

func (c *check) warnMissing(name string, claim *Value, want string) {
	if claim == nil && want != "" && c.bothSay() {
		c.warn(ReasonClaimsMismatch, "the claim "+name+" is missing")
	}
}
