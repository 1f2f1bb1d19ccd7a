package vc

import (
	"fmt"
	"time"
)

// claimSkew is the tolerated difference between nbf and the credential's start of
// validity. Issuers set nbf back to allow for differing clocks.
const claimSkew = 5 * time.Minute

// claims compares a JWT's registered claims with the credential's members and
// returns contradictions (specs A5.4, A5.5, D5.2). A missing claim is only a
// remark, since the signature covers the member.
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
	if c.d.Form == SDJWTVC { // its claims are the credential
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

// otherIss describes an iss, in the claims or the header, that is not the
// controller; "" if there is none.
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
	return fmt.Sprintf("%s is %.200s, but the credential says %.200q", name, claim.Raw(), want)
}

// sameTime compares whole seconds. exp may differ, since it limits validity itself.
// In VC-JOSE-COSE both claims limit the signature, not the credential.
func (c *check) sameTime(name string, claim *Value, want Moment) string {
	if claim == nil || want.Time.IsZero() || name == "exp" || !c.bothSay() {
		return ""
	}
	t, ok := numericDate(claim)
	detail := fmt.Sprintf("%s is %.40s, but the credential says %.40q", name, claim.Raw(), want.Text)
	switch {
	case ok && t.Unix() == want.Time.Unix():
		return ""
	case ok && t.Sub(want.Time).Abs() <= claimSkew:
		c.warn(ReasonClaimsNear, detail)
		return ""
	}
	return detail
}

// bothSay reports whether claims repeat members of the credential, as in the JWTs
// of data model 1.1 and Open Badges.
func (c *check) bothSay() bool { return c.d.Form == JWT || c.d.Form == SDJWTVCDM && c.d.jose().Wrapped }

func (c *check) warnMissing(name string, claim *Value, want string) {
	if claim == nil && want != "" && c.bothSay() {
		c.warn(ReasonClaimsMismatch, "the claim "+name+" is missing")
	}
}
